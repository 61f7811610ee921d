#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <failover/error.hpp>
#include <failover/observer.hpp>

namespace failover::cli {

/// A file for Prometheus' node exporter (textfile collector), replaced atomically so that it is never read half.
class MetricsFile {
 public:
  explicit MetricsFile(std::filesystem::path path) : path_(std::move(path)) {}

  void add(const Observation& observation);
  void set(const Verdict& verdict);
  /// Nothing happens when nothing changed since the last time.
  Result<void> write();

 private:
  [[nodiscard]] std::string text() const;
  std::filesystem::path path_;
  std::map<std::string, Observation> latest_;
  std::optional<Verdict> verdict_;
  bool changed_ = true;
};

}  // namespace failover::cli
