#include "probe/http.hpp"

#include <chrono>
#include <expected>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/observer.hpp>

#include "net/address.hpp"
#include "net/loop.hpp"
#include "net/socket.hpp"
#include "net/web_get.hpp"
#include "probe/blame.hpp"
#include "probe/certificate_grade.hpp"
#include "probe/prober.hpp"
#include "probe/status_set.hpp"

namespace failover {

namespace {

class HttpCheck final : public RunningCheck {
 public:
  HttpCheck(const CheckPlace& place, const Target& target, CheckDone done)
      : place_(place), target_(target), wanted_(target.parameter("body")), done_(std::move(done)) {
    const auto* const expect = target.parameter("expect");
    // parse_target has read it before.
    if (expect != nullptr) expected_ = StatusSet::parse(*expect).value_or(expected_);
  }

  void start(const Address& address) {
    // libcurl does not tell whether an errno came from the routing table or from the network.
    if (const int error = check_route(address, place_.source); error != 0) {
      return end_soon(finding_of(error, Moment::asking, "connect"));
    }
    const auto* const name = target_.parameter("name");
    WebRequest request{.scheme = target_.scheme,
                       .host = name != nullptr ? *name : target_.host,
                       .port = target_.port,
                       .path = target_.path,
                       .address = address,
                       .source = place_.source,
                       .require_certificate = target_.parameter("verify") != nullptr,
                       .keep_body = wanted_ != nullptr};
    auto get = WebGet::start(place_.curl, std::move(request),
                             [this](const std::expected<WebAnswer, WebFailure>& outcome) { end(judge(outcome)); });
    if (!get) return end_soon({std::unexpected(get.error()), get.error().message, Grade::ok, false});
    get_ = std::move(*get);
  }

  [[nodiscard]] Finding at_deadline() const override {
    const bool begun = get_ && get_->has_begun_to_answer();
    return found(Health::down, begun ? "timed out in the middle of its answer" : "timed out");
  }

 private:
  [[nodiscard]] Finding judge(const std::expected<WebAnswer, WebFailure>& outcome) const {
    if (outcome) {
      if (!expected_.contains(outcome->status)) {
        return found(Health::down, fmt::format("HTTP status {}", outcome->status));
      }
      if (wanted_ != nullptr && !outcome->body.contains(*wanted_)) {
        return found(Health::down, fmt::format("HTTP status {}, but the expected text is not in its first {} KiB",
                                               outcome->status, WebGet::most_body / 1024));
      }
      const auto judged = grade_certificate(outcome->certificate, place_.options, std::chrono::system_clock::now());
      return found(Health::up, fmt::format("HTTP status {}{}", outcome->status, judged.clause), judged.grade);
    }
    return finding_of(outcome.error(), "web");
  }

  void end_soon(Finding finding) {
    failure_ = place_.loop.soon([this, result = std::move(finding)] { end(result); });
  }

  /// The last thing done: whoever is called may destroy this.
  void end(Finding finding) {
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(finding));
  }

  CheckPlace place_;
  const Target& target_;
  const std::string* wanted_;  // of the target
  StatusSet expected_ = StatusSet::usual();
  CheckDone done_;
  std::unique_ptr<WebGet> get_;
  Loop::Timer failure_;
};

}  // namespace

Pending start_http(const CheckPlace& place, const Target& target, const Address& address, Deadline, CheckDone done) {
  auto check = std::make_unique<HttpCheck>(place, target, std::move(done));
  check->start(address);
  return check;
}

}  // namespace failover
