#include "net/transfer.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "core/fd.hpp"
#include "core/secret.hpp"
#include "core/url.hpp"
#include "net/address.hpp"
#include "net/curl.hpp"
#include "net/libcurl.hpp"
#include "net/loop.hpp"
#include "net/server_origin.hpp"
#include "net/transfer_error.hpp"
#include "net/transfer_loop.hpp"

namespace failover {

namespace {

constexpr std::size_t full_buffer = std::size_t{2} * 1024 * 1024;
constexpr long receive_size = 256L * 1024;
constexpr std::size_t max_addresses = 8;

}  // namespace

/// What libcurl calls. Nothing may be thrown through it.
struct Transfer::Callbacks {
  /// Nothing but the addresses that the name had is ever connected to, whatever a peer or libcurl comes up with.
  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* wanted) noexcept {
    auto& transfer = *static_cast<Transfer*>(self);
    const auto peer = Address::from(&wanted->addr, wanted->addrlen);
    const auto& known = transfer.addresses_;
    if (!peer || std::ranges::none_of(known, [&](const Address& one) { return one.same_host(*peer); })) {
      transfer.own_error_ = EACCES;
      return CURL_SOCKET_BAD;
    }
    Fd fd(socket(wanted->family, wanted->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, wanted->protocol));
    if (!fd) {
      transfer.own_error_ = errno;
      return CURL_SOCKET_BAD;
    }
    return fd.release();
  }

  static std::size_t on_header(char* line, std::size_t, std::size_t size, void* self) noexcept {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.last_sign_ = Loop::Clock::now();
    try {
      if (!transfer.on_header_ || transfer.on_header_(std::string_view(line, size))) return size;
    } catch (const std::exception&) {
      transfer.own_error_ = ENOMEM;
    }
    transfer.refused_header_ = true;
    return 0;
  }

  static std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* self) noexcept {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.last_sign_ = Loop::Clock::now();
    if (transfer.buffer_.size() - transfer.begin_ >= full_buffer) {
      transfer.paused_ = true;
      return CURL_WRITEFUNC_PAUSE;
    }
    try {
      const auto part = std::as_bytes(std::span(bytes, size));
      transfer.buffer_.insert(transfer.buffer_.end(), part.begin(), part.end());
    } catch (const std::exception&) {
      transfer.own_error_ = ENOMEM;
      return 0;
    }
    return size;
  }
};

Transfer::Transfer(TransferLoop& loop, const ServerOrigin& origin, const TransferOptions& options) noexcept
    : loop_(loop), origin_(origin), options_(options) {}

Transfer::~Transfer() {
  if (easy_ != nullptr) {
    loop_.curl().remove(easy_);
    libcurl().easy_cleanup(easy_);
  }
  if (resolve_ != nullptr) libcurl().slist_free_all(static_cast<curl_slist*>(resolve_));
}

Result<std::unique_ptr<Transfer>> Transfer::prepare(TransferLoop& loop, const ServerOrigin& origin,
                                                    const std::string& target, const TransferOptions& options,
                                                    const Context& context) {
  std::unique_ptr<Transfer> transfer(new Transfer(loop, origin, options));
  transfer->addresses_ = FO_TRY(loop.resolve(origin.host, origin.port, context));
  transfer->easy_ = FO_TRY(Curl::make_easy());
  FO_TRY(transfer->set_options(target));
  return transfer;
}

Result<void> Transfer::set_options(const std::string& target) {
  const auto url = fmt::format("{}://{}{}", origin_.scheme, host_and_port(origin_.host, origin_.port), target);
  if (!Address::parse(origin_.host, origin_.port)) {
    auto pin = fmt::format("{}:{}:", origin_.host, origin_.port);
    if (addresses_.size() > max_addresses) addresses_.erase(addresses_.begin() + max_addresses, addresses_.end());
    for (const auto& address : addresses_) pin += (pin.back() == ':' ? "" : ",") + address.host();
    resolve_ = libcurl().slist_append(nullptr, pin.c_str());
    if (resolve_ == nullptr) return fail(ErrorKind::internal, "out of memory");
  }
  error_text_.assign(CURL_ERROR_SIZE, '\0');
  bool accepted = true;
  const auto set = [&](CURLoption option, auto value) {
    accepted = accepted && libcurl().easy_setopt(easy_, option, value) == CURLE_OK;
  };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_RESOLVE, static_cast<curl_slist*>(resolve_));
  set(CURLOPT_PROTOCOLS_STR, origin_.scheme.c_str());
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_USERAGENT, "fo-tools");
  set(CURLOPT_BUFFERSIZE, receive_size);
  const auto stall = std::chrono::ceil<std::chrono::milliseconds>(options_.stall_timeout).count();
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::clamp<std::int64_t>(stall, 1, 3'600'000)));
  set(CURLOPT_ERRORBUFFER, error_text_.data());
  set(CURLOPT_OPENSOCKETFUNCTION, &Callbacks::open_socket);
  set(CURLOPT_OPENSOCKETDATA, this);
  set(CURLOPT_HEADERFUNCTION, &Callbacks::on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &Callbacks::on_body);
  set(CURLOPT_WRITEDATA, this);
  if (!accepted || !set_trust()) {
    return fail(ErrorKind::internal, "this libcurl does not know an option that it must know");
  }
  return {};
}

bool Transfer::set_trust() {
  bool accepted = true;
  const auto set = [&](CURLoption option, auto value) {
    accepted = accepted && libcurl().easy_setopt(easy_, option, value) == CURLE_OK;
  };
  const auto blob = [](const Secret& secret) {
    const auto text = secret.reveal();
    // libcurl takes no const pointer, and does not write through it.
    return curl_blob{const_cast<char*>(text.data()), text.size(), CURL_BLOB_NOCOPY};
  };
  const auto& trust = options_.trust;
  // A certificate bundle costs 18 ms of CPU per handle; of a folder only what is needed is read.
  set(CURLOPT_CAINFO, trust.ca_file ? trust.ca_file->c_str() : nullptr);
  set(CURLOPT_CAPATH, trust.ca_file ? nullptr : "/etc/ssl/certs");
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!trust.identity) return accepted;
  auto certificate = blob(*trust.identity);
  set(CURLOPT_SSLCERT_BLOB, &certificate);
  set(CURLOPT_SSLKEY_BLOB, &certificate);
  // Without a passphrase OpenSSL would ask for one on the terminal.
  set(CURLOPT_KEYPASSWD, trust.passphrase ? std::string(trust.passphrase->reveal()).c_str() : "");
  return accepted;
}

Result<void> Transfer::start() {
  last_sign_ = Loop::Clock::now();
  started_ = true;
  return loop_.curl().add(easy_, [this](int code) { code_ = code; });
}

void Transfer::watch_silence() {
  silence_ = loop_.loop().at(last_sign_ + options_.stall_timeout, [this] {
    if (Loop::Clock::now() - last_sign_ >= options_.stall_timeout) {
      stalled_ = true;
    } else {
      watch_silence();
    }
  });
}

Result<void> Transfer::wait_for(const std::function<bool()>& condition, const Context& context) {
  if (!started_) return fail(ErrorKind::internal, "a transfer was waited for that was not started");
  // What passed while nobody waited was not the peer's silence.
  last_sign_ = Loop::Clock::now();
  watch_silence();
  const auto ran = loop_.loop().run([&] { return condition() || code_.has_value() || stalled_; }, context);
  silence_.reset();
  FO_TRY(while_doing(origin_.text(), ran));
  if (stalled_ && !code_ && !condition()) {
    loop_.curl().remove(easy_);
    return fail(ErrorKind::timeout, fmt::format("{} was silent for {}; see whether it is overloaded or cut off",
                                                origin_.text(), human_duration(options_.stall_timeout)));
  }
  if (!condition() && code_ && *code_ != CURLE_OK) return std::unexpected(error());
  return {};
}

Result<void> Transfer::resume() {
  if (!paused_ || code_) return {};
  paused_ = false;
  if (const auto code = libcurl().easy_pause(easy_, CURLPAUSE_CONT); code != CURLE_OK) {
    return fail(ErrorKind::internal, fmt::format("libcurl does not go on: {}", libcurl().easy_strerror(code)));
  }
  return {};
}

Result<std::size_t> Transfer::read(std::span<std::byte> buffer, const Context& context) {
  FO_TRY(context.check());
  if (!has_bytes()) {
    buffer_.clear();
    begin_ = 0;
    FO_TRY(resume());
    FO_TRY(wait_for([this] { return has_bytes(); }, context));
  }
  const auto count = std::min(buffer.size(), buffer_.size() - begin_);
  if (count > 0) std::memcpy(buffer.data(), buffer_.data() + begin_, count);
  begin_ += count;
  return count;
}

Error Transfer::error() const {
  TransferFailure failure;
  failure.code = code_.value_or(0);
  failure.text = error_text_.data();
  failure.own_error = own_error_;
  failure.refused_header = refused_header_;
  long os_error = 0;
  libcurl().easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_error);
  failure.os_error = static_cast<int>(os_error);
  return transfer_error(failure, origin_, options_.trust.ca_file.has_value());
}

}  // namespace failover
