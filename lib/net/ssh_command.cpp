#include "net/ssh_command.hpp"

#include <array>
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include <libssh2.h>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "net/ssh_session.hpp"

namespace failover {

namespace {

constexpr std::size_t output_cap = std::size_t{64} * 1024;

/// A channel of a session that outlives it.
class Channel {
 public:
  Channel(SshSession& session, LIBSSH2_CHANNEL* channel) noexcept : session_(session), channel_(channel) {}
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  // One try: one that cannot be sent is freed with the session.
  ~Channel() { ::libssh2_channel_free(channel_); }

  static Result<LIBSSH2_CHANNEL*> open(SshSession& session, const Context& context) {
    LIBSSH2_CHANNEL* channel = nullptr;
    const auto code = FO_TRY(session.drive(
        [&]() -> long {
          channel = ::libssh2_channel_open_session(session.handle());
          return channel == nullptr ? ::libssh2_session_last_errno(session.handle()) : 0;
        },
        context));
    if (channel == nullptr) return std::unexpected(session.error_of(code, "cannot open a channel"));
    return channel;
  }

  Result<void> exec(const std::string& command, const Context& context) {
    return done(
        [&]() -> long {
          constexpr std::string_view request = "exec";
          return ::libssh2_channel_process_startup(channel_, request.data(), static_cast<unsigned>(request.size()),
                                                   command.data(), static_cast<unsigned>(command.size()));
        },
        "the command was not taken", context);
  }

  /// Both streams to their end.
  Result<void> read(SshCommandResult& result, const Context& context) {
    while (true) {
      const auto code = FO_TRY(session_.drive([&] { return read_some(result); }, context));
      if (code < 0) return std::unexpected(session_.error_of(code, "cannot read the answer"));
      if (code == 0) return {};
      if (result.output.size() > output_cap || result.errors.size() > output_cap) {
        return fail(ErrorKind::protocol, "the answer has no end");
      }
    }
  }

  Result<void> close(SshCommandResult& result, const Context& context) {
    FO_TRY(done([&]() -> long { return ::libssh2_channel_close(channel_); }, "the channel does not close", context));
    FO_TRY(
        done([&]() -> long { return ::libssh2_channel_wait_closed(channel_); }, "the channel does not close", context));
    result.exit_status = ::libssh2_channel_get_exit_status(channel_);
    char* signal = nullptr;
    std::size_t length = 0;
    ::libssh2_channel_get_exit_signal(channel_, &signal, &length, nullptr, nullptr, nullptr, nullptr);
    if (signal != nullptr) {
      result.signal.assign(signal, length);
      ::libssh2_free(session_.handle(), signal);
    }
    return {};
  }

 private:
  template <typename Call>
  Result<void> done(Call call, std::string_view failure, const Context& context) {
    const auto code = FO_TRY(session_.drive(call, context));
    if (code < 0) return std::unexpected(session_.error_of(code, failure));
    return {};
  }

  /// @return above 0: something came, 0: both streams are at their end, else an error or that nothing came yet
  long read_some(SshCommandResult& result) {
    const auto output = read_stream(0, result.output);
    const auto errors = read_stream(SSH_EXTENDED_DATA_STDERR, result.errors);
    if (output > 0 || errors > 0) return 1;
    if (output < 0 && output != LIBSSH2_ERROR_EAGAIN) return output;
    if (errors < 0 && errors != LIBSSH2_ERROR_EAGAIN) return errors;
    if (::libssh2_channel_eof(channel_) == 1) return 0;
    // Reading one stream takes in the other's packets, too, and the socket does not announce those again.
    unsigned long waiting = 0;
    ::libssh2_channel_window_read_ex(channel_, &waiting, nullptr);
    return waiting > 0 ? 1 : LIBSSH2_ERROR_EAGAIN;
  }

  long read_stream(int stream, std::string& kept) {
    std::array<char, std::size_t{16} * 1024> buffer{};
    const auto count = ::libssh2_channel_read_ex(channel_, stream, buffer.data(), buffer.size());
    if (count > 0) kept.append(buffer.data(), static_cast<std::size_t>(count));
    return static_cast<long>(count);
  }

  SshSession& session_;
  LIBSSH2_CHANNEL* channel_;
};

}  // namespace

Result<SshCommandResult> run_over_ssh(SshSession& session, const std::string& command, const Context& context) {
  Channel channel(session, FO_TRY(Channel::open(session, context)));
  FO_TRY(channel.exec(command, context));
  SshCommandResult result;
  FO_TRY(channel.read(result, context));
  FO_TRY(channel.close(result, context));
  return result;
}

}  // namespace failover
