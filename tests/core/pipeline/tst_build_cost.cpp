// SPDX-License-Identifier: Apache-2.0
/// What a build will cost, and the refusal where the memory is not there.
#include <QTest>
#include <nlohmann/json.hpp>

#include "core/jobs/job_context.h"
#include "core/pipeline/build_cost.h"
#include "core/pipeline/job.h"
#include "core/project/project.h"
#include "tests/support/same_json.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using nlohmann::json;
using pipeline::BuildCost;

class TestBuildCost : public QObject {
    Q_OBJECT
    test::TempFolder m_folder;

    static BuildCost costing(double needed, double free) {
        BuildCost cost;
        cost.neededMb = needed;
        cost.peakMb = needed + 100;
        cost.freeMb = free;
        return cost;
    }

private Q_SLOTS:
    void memoryThatIsThereIsNotRefused() {
        QVERIFY(pipeline::requireMemory(costing(0, 1)).ok());
        QVERIFY(pipeline::requireMemory(costing(900, 1000)).ok());
        QVERIFY(pipeline::requireMemory(costing(1400, 1000)).ok());  // the estimate may be that much too high
        QVERIFY(pipeline::requireMemory(costing(1e9, 0)).ok());      // nobody knows what is free
    }

    void memoryThatIsNotThereIsRefusedWithBothFigures() {
        const Status refused = pipeline::requireMemory(costing(3210.4, 1000));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::OutOfMemory);
        for (const char* part : {"3210 MB", "1000 MB", "fewer documents"})
            QVERIFY2(refused.error().message.find(part) != std::string::npos, refused.error().message.c_str());
    }

    void unknownFreeMemoryIsNull() {
        QVERIFY(pipeline::toJson(costing(1, 0))["free_mb"].is_null());
        const json known = pipeline::toJson(costing(10, 1000));
        SAME_JSON(known["free_mb"], 1000.0);
        SAME_JSON(known["peak_mb"], 110.0);
    }

    void theJobAnswersAndLeavesNothing() {
        const auto path = m_folder / "Empty.espalier";
        QVERIFY(project::Project::create(path).ok());
        pipeline::JobRequest request;
        request.kind = "estimate";
        request.project = path;
        jobs::JobContext context;
        const auto answer = pipeline::runJob(request, context);
        QVERIFY(answer.ok());
        SAME_JSON((*answer)["estimate"]["documents"], 0);
        QVERIFY((*answer)["vectors"].is_null());
        SAME_JSON((*answer)["enough_memory"], true);
        request.options = R"({"k_max":1})";
        const auto refused = pipeline::runJob(request, context);
        QVERIFY(!refused && refused.error().code == ErrorCode::InvalidArgument);
        QVERIFY(pipeline::isJobKind("estimate"));
    }
};

QTEST_GUILESS_MAIN(TestBuildCost)
#include "tst_build_cost.moc"
