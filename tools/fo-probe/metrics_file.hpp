#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>

#include <failover/error.hpp>
#include <failover/observer.hpp>
#include <failover/watch.hpp>

namespace failover::cli {

/// What is known of one target.
struct TargetMetrics {
  std::optional<Observation> latest;
  std::optional<TargetState> state;       ///< of those that are watched
  std::array<std::uint64_t, 3> checks{};  ///< up, down, unknown
  std::uint64_t changes = 0;
};

/// A file for Prometheus' node exporter (textfile collector), replaced atomically so that it is never read half.
class MetricsFile {
 public:
  explicit MetricsFile(std::filesystem::path path) : path_(std::move(path)) {}

  /// From now on it is written there.
  void move_to(std::filesystem::path path);
  void add(const Observation& observation);
  void set_state(const Target& target, TargetState state);
  /// What is not among these is forgotten.
  void keep_only(std::span<const Target> targets, std::span<const Target> references);
  void set(const Verdict& verdict);
  /// Nothing happens when nothing changed since the last time.
  Result<void> write();

 private:
  [[nodiscard]] std::string text() const;
  std::filesystem::path path_;
  std::map<std::string, TargetMetrics> targets_;
  std::optional<Verdict> verdict_;
  bool changed_ = true;
};

}  // namespace failover::cli
