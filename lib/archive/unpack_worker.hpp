#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/archive_entry.hpp"
#include "archive/archive_format.hpp"
#include "archive/check.hpp"
#include "core/secret.hpp"
#include "core/worker.hpp"

namespace failover {

/// What a worker is started with.
struct UnpackSetup {
  int archive = -1;
  std::span<const int> folders{};       ///< where it may make files
  std::uint64_t memory = 0;             ///< bytes of address space
  std::uint64_t cpu_s = 0;              ///< seconds of CPU
  std::uint64_t file_size = 0;          ///< bytes of the largest file that it makes
  const Secret* password = nullptr;     ///< nullptr = none
  Level confinement_at = Level::debug;  ///< at which level it is told what confines it
};

/// One fo-unpack at work for us. What it says is data like any other: frames that do not belong there, more entries
/// than asked for, and silence are errors. (Whether the entries keep the rules is for list_archive to see.)
class UnpackWorker {
 public:
  using OnBytes = std::function<void(std::uint64_t)>;  ///< so many bytes are unpacked by now

  /// Started and confined; `context` is told what by.
  static Result<UnpackWorker> start(const UnpackSetup& setup, const Context& context);

  Result<ArchiveListing> list(const ArchiveLimits& limits, const OnBytes& on_bytes, const Context& context);
  /// @param jobs records of append_job, in portions of less than a frame each
  Result<void> unpack(ArchiveFormat format, const std::vector<std::string>& jobs, const OnBytes& on_bytes,
                      const Context& context);
  /// @param jobs the same, of every regular file
  Result<BackupContents> inspect(ArchiveFormat format, const std::vector<std::string>& jobs, const OnBytes& on_bytes,
                                 const Context& context);

 private:
  explicit UnpackWorker(std::unique_ptr<Worker> worker) noexcept : worker_(std::move(worker)) {}
  Result<void> ask(std::string_view what, ArchiveFormat format, const std::vector<std::string>& jobs,
                   const Context& context);
  Result<Worker::Frame> receive(const Context& context);

  std::unique_ptr<Worker> worker_;
};

}  // namespace failover
