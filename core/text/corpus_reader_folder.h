// SPDX-License-Identifier: Apache-2.0
/// \file core/text/corpus_reader_folder.h
/// A folder of .txt, .md and .html files, one document each, in byte order of their paths. Use CorpusReader::open().
///
/// The id is the path inside the folder with "/". Reference labels are the sub-folders. In a flat folder of HTML whose
/// pages link "up" to each other, they are the titles of the pages above, from below the root page downwards; a page
/// that others lie under belongs to its own label. From these names a number such as "Chapter 5." is taken off unless
/// two sisters would then be called the same.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/text/corpus_reader.h"
#include "core/text/html.h"

namespace espalier::text {

class FolderReader final : public CorpusReader {
public:
    /// \param source  folder, or a single file
    static Result<std::unique_ptr<CorpusReader>> create(const std::filesystem::path& source,
                                                        const CorpusOptions& options);
    /// Whether files with this ending are read.
    static bool reads(const std::filesystem::path& file);

    Result<std::optional<CorpusRow>> next() override;
    CorpusFormat format() const noexcept override { return CorpusFormat::Folder; }
    std::int64_t bytesRead() const noexcept override { return m_bytesRead; }
    std::int64_t bytesTotal() const noexcept override { return m_bytesTotal; }
    const std::map<std::string, std::int64_t>& ignoredByExtension() const noexcept override { return m_ignored; }
    std::string charset() const override { return m_charset; }

private:
    struct Entry {
        std::filesystem::path file;
        std::string id;
        std::int64_t bytes = 0;
        std::string fault;  ///< of a sub-folder that cannot be listed
    };
    struct Page {
        std::string title;
        std::string up;  ///< id of the page above, empty without one
        bool hasPagesBelow = false;
        std::string label;
    };

    explicit FolderReader(const CorpusOptions& options) : m_options(options) {}
    Status list(const std::filesystem::path& folder);
    void ignore(const std::filesystem::path& file);
    void linkPages();
    void nameLabels();
    std::vector<std::string> labelsOf(const std::string& id) const;
    CorpusRow rowOf(const Entry& entry);

    CorpusOptions m_options;
    std::vector<Entry> m_entries;
    std::map<std::string, Page> m_pages;  ///< by id; only in a flat folder with up links
    std::map<std::string, std::int64_t> m_ignored;
    std::size_t m_at = 0;
    std::int64_t m_bytesRead = 0;
    std::int64_t m_bytesTotal = 0;
    std::string m_charset = "UTF-8";
    bool m_linked = false;
};

}  // namespace espalier::text
