#pragma once

#include <expected>
#include <utility>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/pause.hpp"

namespace failover {

/// Only what may pass by itself: nobody answers, or not in time.
bool worth_a_retry(const Error& error) noexcept;

/// 1 s, 2 s, 4 s .. at most 30 s. @param failures in a row, from 1
Duration backoff(unsigned failures) noexcept;

/// Notes the failure and waits for the next try; the error itself when no try is left or the context has ended.
Result<void> before_next_try(const Error& error, unsigned failures, unsigned retries, const Context& context);

/// Calls until it succeeds, fails for good, or `retries` tries in a row have failed.
template <typename Call>
auto retrying(unsigned retries, const Context& context, Call call) -> decltype(call()) {
  for (unsigned failures = 1;; ++failures) {
    auto result = call();
    if (result) return result;
    if (auto next = before_next_try(result.error(), failures, retries, context); !next) {
      return std::unexpected(std::move(next).error());
    }
  }
}

}  // namespace failover
