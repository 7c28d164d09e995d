// SPDX-License-Identifier: Apache-2.0
/// \file tests/support/same_json.h
/// Comparing JSON values in tests (QCOMPARE cannot: a JSON value converts to too much).
#pragma once
#include <nlohmann/json.hpp>

/// QCOMPARE for JSON values and what they are compared with; prints both.
#define SAME_JSON(actual, expected)                                                                           \
    do {                                                                                                      \
        const nlohmann::json actualJson = (actual), expectedJson = (expected);                                \
        QVERIFY2(actualJson == expectedJson, (actualJson.dump() + " is not " + expectedJson.dump()).c_str()); \
    } while (false)
