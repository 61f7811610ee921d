#include "state/restore_manifest.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "fuzz/must.hpp"
#include "fuzz/target.hpp"
#include "state/state_dir.hpp"
#include "support/temporary_directory.hpp"

using failover::ManifestEntry;
using failover::test::must;

namespace {

bool same(const ManifestEntry& a, const ManifestEntry& b) {
  if (a.path != b.path || a.directory != b.directory) return false;
  if (a.directory) return a.made == b.made;
  return a.crc == b.crc && a.identity == b.identity && a.mtime_ns == b.mtime_ns && a.ctime_ns == b.ctime_ns;
}

}  // namespace

/// A manifest says which live files may be removed: what is read is exactly what could have been written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const failover::test::TemporaryDirectory folder;
  static const auto state = *failover::StateDir::open(folder.path() / "state");
  const auto manifest = failover::parse_restore_manifest(failover::test::as_text(data, size), "manifest");
  if (!manifest) return 0;
  must(failover::write_restore_manifest(state, *manifest).has_value(), "a manifest that was read can be written");
  const auto again = failover::read_restore_manifest(state, manifest->generation);
  must(again.has_value() && again->roots == manifest->roots, "and is read again");
  must(std::ranges::equal(again->entries, manifest->entries, same), "with the same entries");
  must(failover::remove_restore_manifest(state, manifest->generation).has_value(), "and removed");
  return 0;
}
