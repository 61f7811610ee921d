#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "core/worker.hpp"

namespace failover {

struct SmbPeer {
  std::string host;
  std::uint16_t port = 445;
  std::string share;
  std::string domain;
  std::string user;
  std::optional<std::filesystem::path> password_file;  ///< none: a guest, or Kerberos
  bool kerberos = false;                               ///< by the ticket of who runs us, and in no other way
  bool encrypt = false;
  Duration stall_timeout = std::chrono::seconds(30);
};

/// One connection to one share: a running fo-smb.
class SmbWorker {
 public:
  static Result<std::unique_ptr<SmbWorker>> open(const SmbPeer& peer, const Context& context);

  struct Entry {
    ObjectInfo object;
    bool regular = false;
  };
  /// @param folder,path decoded, counted from the share, without a slash at the beginning.
  Result<std::vector<Entry>> list(const std::string& folder, const Context& context);
  Result<Entry> stat(const std::string& path, const Context& context);

  /// Given the bytes of all ranges, in order, as they come.
  using Sink = std::function<Result<void>(std::span<const std::byte> bytes)>;
  /// How many bytes came: fewer than asked for when the object ends there.
  Result<std::uint64_t> read(const ObjectInfo& object, std::span<const ByteRange> ranges, const Sink& sink,
                             const Context& context);
  /// Whether every request has its whole answer.
  [[nodiscard]] bool in_order() const noexcept { return in_order_; }

 private:
  SmbWorker(std::unique_ptr<Worker> worker, Duration silence) noexcept;
  Result<void> ask(const std::string& request, const Context& context);
  /// The next frame that is no error.
  Result<Worker::Frame> receive(const Context& context);

  std::unique_ptr<Worker> worker_;
  Duration silence_;
  bool in_order_ = true;
};

}  // namespace failover
