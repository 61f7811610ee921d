#include "archive/entry_record.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "archive/archive_entry.hpp"
#include "fuzz/must.hpp"
#include "fuzz/target.hpp"

using failover::test::must;

/// What fo-unpack says of an archive's entries, and what it is told: the process on the other side may have been taken
/// over.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (auto rest = input; !rest.empty();) {
    const auto before = rest;
    const auto entry = failover::take_entry(rest);
    if (!entry) break;
    must(rest.size() < before.size(), "an entry takes bytes");
    must(entry->kind <= failover::EntryKind::symlink, "an entry is of a known kind");
    std::string again;
    failover::append_entry(again, *entry);
    must(again == before.substr(0, before.size() - rest.size()), "an entry is written as it was read");
  }
  for (auto rest = input; !rest.empty();) {
    const auto before = rest;
    const auto job = failover::take_job(rest);
    if (!job) break;
    std::string again;
    failover::append_job(again, job->entry, job->folder, job->slot);
    must(again == before.substr(0, before.size() - rest.size()), "a job is written as it was read");
  }
  return 0;
}
