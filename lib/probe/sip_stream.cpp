#include "probe/sip_stream.hpp"

#include <cerrno>
#include <chrono>
#include <expected>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
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
#include "probe/sip_framing.hpp"
#include "probe/sip_options.hpp"
#include "probe/sip_transaction.hpp"

namespace failover {

namespace {

class SipStreamCheck final : public RunningCheck {
 public:
  SipStreamCheck(const CheckPlace& place, const Target& target, CheckDone done)
      : place_(place), target_(target), done_(std::move(done)) {}

  void start(const Address& address) {
    const auto* const name = target_.parameter("name");
    const StreamRequest request{.address = address,
                                .source = place_.source,
                                .tls = sip_transport(target_) == SipTransport::tls,
                                .name = name != nullptr ? *name : target_.host,
                                .require_certificate = target_.parameter("verify") != nullptr};
    auto stream = ByteStream::open(place_.loop, place_.curl, request,
                                   {.connected = [this] { ask(); },
                                    .received = [this](std::string_view bytes) { receive(bytes); },
                                    .ended = [this](const ConnectionFailure& failure) { on_end(failure); }});
    if (stream) {
      stream_ = std::move(*stream);
      return;
    }
    failure_ = place_.loop.soon([this, error = stream.error()] { end(unknown(error)); });
  }

  [[nodiscard]] Finding at_deadline() const override {
    if (!transaction_)
      return found(Health::down, sip_transport(target_) == SipTransport::tls ? "connect or TLS handshake timed out"
                                                                             : "connect timed out");
    return found(Health::down,
                 framing_.in_message() ? "timed out in the middle of its answer" : transaction_->silence());
  }
  [[nodiscard]] bool spoken_to() const override { return transaction_ && transaction_->proceeding(); }

 private:
  static Finding unknown(const Error& error) { return {std::unexpected(error), error.message}; }

  void ask() {
    const auto local = stream_->local_address();
    if (!local) return end(finding_of(errno, Moment::asking, "SIP"));
    auto transaction = SipTransaction::begin(target_, *local);
    if (!transaction) return end(unknown(transaction.error()));
    transaction_ = std::move(*transaction);
    stream_->send(transaction_->request());
  }

  void receive(std::string_view bytes) {
    // What was said before it was asked is no answer; a peer that goes on so is cut off by the deadline.
    if (!transaction_) return;
    framing_.add(bytes);
    while (true) {
      const auto next = framing_.next();
      if (!next) return end(found(Health::down, fmt::format("no valid answer to OPTIONS ({})", next.error().message)));
      const auto& message = *next;
      if (!message) return;
      if (auto finding = transaction_->judge(*message)) return finish(std::move(*finding));
    }
  }

  void on_end(const ConnectionFailure& failure) {
    if (!transaction_ || failure.ours || failure.os_error != 0) return end(finding_of(failure, "SIP"));
    end(found(Health::down, framing_.in_message()
                                ? "closed in the middle of its answer"
                                : fmt::format("closed before an answer: {}", transaction_->silence())));
  }

  void finish(Finding finding) {
    if (finding.health == Health::up) {
      const auto judged = grade_certificate(stream_->certificate(), place_.options, std::chrono::system_clock::now());
      if (stream_->certificate().seen) {
        finding.detail += judged.clause;
        finding.grade = judged.grade;
      }
      if (place_.kept != nullptr) place_.kept->keep(target_, open_connection(std::move(stream_)));
    }
    end(std::move(finding));
  }

  /// The last thing done: whoever is called may destroy this.
  void end(Finding finding) {
    const auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(finding));
  }

  CheckPlace place_;
  const Target& target_;
  CheckDone done_;
  std::unique_ptr<ByteStream> stream_;
  std::optional<SipTransaction> transaction_;
  SipFraming framing_;
  Loop::Timer failure_;
};

}  // namespace

Pending start_sip_stream(const CheckPlace& place, const Target& target, const Address& address, Deadline,
                         CheckDone done) {
  auto check = std::make_unique<SipStreamCheck>(place, target, std::move(done));
  check->start(address);
  return check;
}

}  // namespace failover
