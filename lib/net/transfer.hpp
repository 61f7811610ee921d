#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/secret.hpp"
#include "net/address.hpp"
#include "net/curl.hpp"
#include "net/loop.hpp"
#include "net/server_origin.hpp"
#include "net/transfer_loop.hpp"

namespace failover {

/// How a TLS peer is proven and what we prove ourselves by. The peer's certificate is always verified.
struct TransferTrust {
  std::optional<std::filesystem::path> ca_file;  ///< PEM, instead of the system's authorities
  std::shared_ptr<const Secret> identity;        ///< PEM with client certificate and key
  std::shared_ptr<const Secret> passphrase;      ///< of the identity's key
};

struct TransferOptions {
  TransferTrust trust;
  Duration stall_timeout = std::chrono::seconds(30);  ///< silence of so long while we wait is an error: timeout
};

/// One libcurl transfer whose bytes are pulled: it runs while somebody waits for a transfer of its loop, and rests when
/// its buffer is full. No proxy, no redirect, no protocol but the origin's, no address but those of its name.
class Transfer {
 public:
  /// Given each header line as it came; false ends the transfer as one that is no answer.
  using OnHeader = std::function<bool(std::string_view line)>;

  /// Looks the name up, waiting, and prepares a handle. Nothing is sent before start().
  /// @param target path and query, encoded, beginning with '/'
  static Result<std::unique_ptr<Transfer>> prepare(TransferLoop& loop, const ServerOrigin& origin,
                                                   const std::string& target, const TransferOptions& options,
                                                   const Context& context);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  /// For what the protocol adds, before start(). Strings are copied by libcurl, lists are not.
  [[nodiscard]] CurlEasy easy() const noexcept { return easy_; }
  void on_header(OnHeader call) { on_header_ = std::move(call); }
  Result<void> start();

  /// Waits until `condition` holds or the transfer has ended, which is no error if it ended well.
  Result<void> wait_for(const std::function<bool()>& condition, const Context& context);
  /// At least one byte, or 0 at the end of the body, as many as are there without another wait.
  Result<std::size_t> read(std::span<std::byte> buffer, const Context& context);
  /// Ended, and nothing is left to read.
  [[nodiscard]] bool exhausted() const noexcept { return code_.has_value() && begin_ == buffer_.size(); }
  [[nodiscard]] bool has_bytes() const noexcept { return begin_ < buffer_.size(); }

 private:
  struct Callbacks;
  Transfer(TransferLoop& loop, const ServerOrigin& origin, const TransferOptions& options) noexcept;
  Result<void> set_options(const std::string& target);
  bool set_trust();
  void watch_silence();
  Result<void> resume();
  [[nodiscard]] Error error() const;

  TransferLoop& loop_;
  ServerOrigin origin_;
  TransferOptions options_;
  std::vector<Address> addresses_;
  CurlEasy easy_ = nullptr;
  void* resolve_ = nullptr;  // curl_slist
  std::vector<char> error_text_;
  OnHeader on_header_;
  std::vector<std::byte> buffer_;
  std::size_t begin_ = 0;
  bool started_ = false;
  bool paused_ = false;
  bool refused_header_ = false;
  bool stalled_ = false;
  std::optional<int> code_;  // CURLcode, once it has ended
  int own_error_ = 0;
  Loop::Clock::time_point last_sign_;
  Loop::Timer silence_;
};

}  // namespace failover
