#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include <failover/error.hpp>

namespace failover {

/// Whether an error is about what was asked for, so that the connection goes on after it.
inline bool leaves_link_in_order(const Error& error) noexcept {
  return error.kind == ErrorKind::not_found || error.kind == ErrorKind::permission || error.kind == ErrorKind::conflict;
}

/// A connection that is made when it is first needed, and kept for the next call unless the last one left it in
/// disorder: by its error, or because the link itself says that it is not in_order() (an answer is still to come).
template <typename Link>
class KeptLink {
 public:
  /// @param open makes a connection: Result<std::unique_ptr<Link>>()
  /// @param call what to do over it: Result<T>(Link&)
  template <typename Open, typename Call>
  std::invoke_result_t<Call, Link&> use(Open open, Call call) {
    if (!link_) link_ = FO_TRY(open());
    auto result = call(*link_);
    if (!link_->in_order() || (!result && !leaves_link_in_order(result.error()))) link_.reset();
    return result;
  }

  /// The connection, if there is one.
  [[nodiscard]] Link* kept() const noexcept { return link_.get(); }
  /// The next call makes another one.
  void drop() noexcept { link_.reset(); }

 private:
  std::unique_ptr<Link> link_;
};

}  // namespace failover
