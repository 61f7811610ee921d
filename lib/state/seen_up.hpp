#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include <failover/error.hpp>
#include <failover/watch.hpp>

#include "state/state_dir.hpp"

namespace failover {

/// STATE/probe/seen-up: which targets were ever seen up, and when first. Several watches may share it: every write
/// takes the lock beside it and keeps what others wrote meanwhile.
class SeenUpFile final : public SeenUp {
 public:
  /// A file of a newer format is an error of kind unfinished, a damaged one of kind integrity: neither ever reads as
  /// "nothing was seen up".
  static Result<SeenUpFile> open(const StateDir& state);

  /// Two spellings of one target are one: "sip://a" and "sip://A:5060".
  [[nodiscard]] bool contains(std::string_view target) const override;
  Result<void> add(std::span<const std::string> targets) override;

 private:
  using Targets = std::map<std::string, std::string, std::less<>>;  ///< target -> RFC 3339
  SeenUpFile(std::filesystem::path path, Targets targets);
  void keep(Targets targets);
  static Result<Targets> read(const std::filesystem::path& path);

  std::filesystem::path path_;
  Targets targets_;
  std::set<std::string, std::less<>> identities_;
};

}  // namespace failover
