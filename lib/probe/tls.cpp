#include "probe/tls.hpp"

#include <chrono>
#include <expected>
#include <memory>
#include <utility>

#include <failover/context.hpp>
#include <failover/observer.hpp>

#include "net/address.hpp"
#include "net/byte_stream.hpp"
#include "net/loop.hpp"
#include "net/pinned_connection.hpp"
#include "probe/blame.hpp"
#include "probe/certificate_grade.hpp"
#include "probe/kept_connections.hpp"
#include "probe/open_connection.hpp"
#include "probe/prober.hpp"

namespace failover {

namespace {

class TlsCheck final : public RunningCheck {
 public:
  TlsCheck(const CheckPlace& place, CheckDone done) : place_(place), done_(std::move(done)) {}

  void start(const Target& target, const Address& address) {
    const auto* const name = target.parameter("name");
    const StreamRequest request{.address = address,
                                .source = place_.source,
                                .tls = true,
                                .name = name != nullptr ? *name : target.host,
                                .require_certificate = target.parameter("verify") != nullptr};
    auto stream =
        ByteStream::open(place_.loop, place_.curl, request,
                         {.connected = [this, &target] { finish(target); },
                          .received = {},
                          .ended = [this](const ConnectionFailure& failure) { end(finding_of(failure, "TLS")); }});
    if (stream) {
      stream_ = std::move(*stream);
      return;
    }
    failure_ = place_.loop.soon(
        [this, error = stream.error()] { end({std::unexpected(error), error.message, Grade::ok, false}); });
  }

  [[nodiscard]] Finding at_deadline() const override { return found(Health::down, "the TLS handshake timed out"); }

 private:
  void finish(const Target& target) {
    auto finding = judge();
    if (place_.kept != nullptr) place_.kept->keep(target, open_connection(std::move(stream_)));
    end(std::move(finding));
  }

  [[nodiscard]] Finding judge() const {
    const auto judged = grade_certificate(stream_->certificate(), place_.options, std::chrono::system_clock::now());
    return found(Health::up, "TLS handshake completed" + judged.clause, judged.grade);
  }

  /// The last thing done: whoever is called may destroy this.
  void end(Finding finding) {
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(finding));
  }

  CheckPlace place_;
  CheckDone done_;
  std::unique_ptr<ByteStream> stream_;
  Loop::Timer failure_;
};

}  // namespace

Pending start_tls(const CheckPlace& place, const Target& target, const Address& address, Deadline, CheckDone done) {
  auto check = std::make_unique<TlsCheck>(place, std::move(done));
  check->start(target, address);
  return check;
}

}  // namespace failover
