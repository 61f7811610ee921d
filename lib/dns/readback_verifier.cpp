#include "dns/readback_verifier.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "core/pause.hpp"

namespace failover {

namespace {

constexpr Duration look_pause = std::chrono::milliseconds(500);

/// "192.0.2.1, epoch 3".
std::string said(const ServiceRecord& record) {
  return fmt::format("{}, {}",
                     record.addresses.empty() ? "no address" : fmt::format("{}", fmt::join(record.addresses, ", ")),
                     record.mark ? "epoch " + std::to_string(record.mark->epoch) : "no epoch mark");
}

class ReadbackVerifier final : public DnsVerifier {
 public:
  explicit ReadbackVerifier(std::unique_ptr<DnsUpdater> reader) : reader_(std::move(reader)) {}

  Result<std::vector<ServerAnswer>> ask_all(const Context& context) override {
    std::vector<ServerAnswer> answers;
    answers.push_back({reader_->describe(), reader_->current(context)});
    return answers;
  }

  Result<void> wait_until(const ServiceRecord& wanted, const Context& context) override {
    std::string behind;
    while (true) {
      const auto now = reader_->current(context);
      if (now && same_content(*now, wanted)) return {};
      if (now) {
        behind = fmt::format("{} still says {}", reader_->describe(), said(*now));
      } else if (behind.empty() || now.error().kind != ErrorKind::timeout) {
        // A look that our own deadline cuts off is no news.
        behind = now.error().message;
      }
      if (const auto pause = pause_between_tries(look_pause, context); !pause) return fail(pause.error().kind, behind);
    }
  }

 private:
  std::unique_ptr<DnsUpdater> reader_;
};

}  // namespace

std::unique_ptr<DnsVerifier> make_readback_verifier(std::unique_ptr<DnsUpdater> reader) {
  return std::make_unique<ReadbackVerifier>(std::move(reader));
}

}  // namespace failover
