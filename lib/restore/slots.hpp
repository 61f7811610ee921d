#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <failover/error.hpp>

#include "core/fd.hpp"
#include "core/file_identity.hpp"
#include "restore/live_tree.hpp"

namespace failover {

/// In each root and at the topmost directory of each mount beneath one, mode 0700: .failover/RUN/N. Slots lie on the
/// mount of the files they stand for, so that a rename can exchange them.
constexpr std::string_view slots_folder = ".failover";

/// The open slot folders of one run, one for each mount it works on.
class Slots {
 public:
  Slots(const LiveTree& tree, std::uint64_t number) noexcept : tree_(tree), number_(number) {}

  /// Makes the folder on this mount unless it is there, and opens it. A .failover that is not ours alone (owner, mode,
  /// a link) is refused: who could write to it could put his own files into the restore.
  Result<void> make(const std::string& mount);
  /// Opens it; kind not_found when it is gone.
  Result<void> open(const std::string& mount);

  /// Its descriptor. make() or open() came before.
  [[nodiscard]] int at(const std::string& mount) const;
  [[nodiscard]] bool has(const std::string& mount) const { return folders_.contains(mount); }
  [[nodiscard]] std::vector<std::string> mounts() const;
  /// One syncfs for each mount; an error of any write since the folder was opened comes up here.
  [[nodiscard]] Result<void> sync() const;

 private:
  const LiveTree& tree_;
  std::uint64_t number_;
  std::map<std::string, Fd> folders_;
};

/// The name of a slot in its folder.
std::string slot_name(std::uint64_t n);

/// Removes every run's slots on these mounts but those to keep, and .failover itself when nothing is left in it.
Result<void> sweep_slots(const LiveTree& tree, const std::set<std::string>& mounts,
                         const std::set<std::uint64_t>& keep);

}  // namespace failover
