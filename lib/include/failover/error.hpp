#pragma once

#include <expected>  // IWYU pragma: export
#include <string>
#include <string_view>
#include <utility>

#include <failover/export.hpp>

namespace failover {

/// What went wrong, as far as a caller must tell cases apart. The kind alone decides whether a retry may help and
/// which exit status a tool ends with.
enum class ErrorKind {
  usage,        ///< the caller asked for something that makes no sense
  config,       ///< a configuration file or value is wrong
  refused,      ///< a safety rule says no
  conflict,     ///< the world is not as it was when we read it
  not_found,    ///< the named thing does not exist
  unreachable,  ///< nobody answers there; a retry may help
  timeout,      ///< the deadline passed; a retry may help
  integrity,    ///< bytes, archive or signature are not what they should be
  locked,       ///< another run is at work
  unfinished,   ///< stopped half way; the message says how to continue
  cancelled,    ///< stopped by a signal, at a safe point
  permission,   ///< the system or the peer denies it to us
  protocol,     ///< the peer does not speak as its standard demands
  io,           ///< a read, write or system call failed
  internal,     ///< our own fault
};

/// The kind's name as it appears in JSON output, for instance "not_found".
FAILOVER_EXPORT std::string_view to_string(ErrorKind kind) noexcept;

/// One failure: a kind, and one sentence for a person that says what failed, why, and what to do next.
struct FAILOVER_EXPORT Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;

  /// The same error with the work it interrupted in front: "reading the role file: Permission denied".
  [[nodiscard]] Error while_doing(std::string_view work) const;
};

template <typename T>
using Result = std::expected<T, Error>;

/// Builds the failing side of any Result.
FAILOVER_EXPORT std::unexpected<Error> fail(ErrorKind kind, std::string message);

/// A Result whose error, if any, tells the work it interrupted.
template <typename T>
[[nodiscard]] Result<T> while_doing(std::string_view work, Result<T> result) {
  if (!result) return std::unexpected(result.error().while_doing(work));
  return result;
}

namespace detail {
template <typename T>
T take(Result<T>& result) {
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}
}  // namespace detail

}  // namespace failover

/// The value of a Result, or return its error from the enclosing function (g++ 12's std::expected has no and_then).
#define FO_TRY(...)                                                               \
  __extension__({                                                                 \
    auto fo_try_result = (__VA_ARGS__);                                           \
    if (!fo_try_result) return std::unexpected(std::move(fo_try_result).error()); \
    ::failover::detail::take(fo_try_result);                                      \
  })
