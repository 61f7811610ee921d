#include "state/restore_journal.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"

using failover::RunPhase;
using failover::test::must;

/// Records without their checksums, one a line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = failover::test::as_text(data, size);
  std::vector<std::string> records;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    records.emplace_back(text.substr(at, end - at));
    if (end == std::string::npos) break;
    at = end + 1;
  }
  const auto runs = failover::parse_restore_journal(records, "journal");
  if (!runs) return 0;
  must(runs->size() <= records.size(), "a run begins with a record");
  for (const auto& run : *runs) must(run.phase != RunPhase::done || run.ended.has_value(), "what is done has ended");
  // What a crash leaves: every beginning of a journal can be taken up as well.
  for (std::size_t count = 0; count < records.size(); ++count) {
    const std::vector<std::string> first(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(count));
    const auto fewer = failover::parse_restore_journal(first, "journal");
    must(fewer.has_value() && fewer->size() <= runs->size(), "the beginning of a good journal is good");
  }
  return 0;
}
