#include "dns/apart_verifier.hpp"

#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

namespace failover {

namespace {

class ApartVerifier final : public DnsVerifier {
 public:
  ApartVerifier(std::unique_ptr<DnsVerifier> service, std::unique_ptr<DnsVerifier> mark)
      : service_(std::move(service)), mark_(std::move(mark)) {}

  Result<std::vector<std::string>> find(const Context& context) override {
    auto servers = FO_TRY(service_->find(context));
    auto others = FO_TRY(mark_->find(context));
    servers.insert(servers.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
    return servers;
  }

  void warm_up(const Context& context) override {
    service_->warm_up(context);
    mark_->warm_up(context);
  }

  Result<std::vector<ServerAnswer>> ask_all(const Context& context) override {
    auto answers = FO_TRY(service_->ask_all(context));
    auto others = FO_TRY(mark_->ask_all(context));
    answers.insert(answers.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
    return answers;
  }

  Result<void> wait_until(const ServiceRecord& wanted, const Context& context) override {
    FO_TRY(service_->wait_until(wanted, context));
    return mark_->wait_until(wanted, context);
  }

 private:
  std::unique_ptr<DnsVerifier> service_;
  std::unique_ptr<DnsVerifier> mark_;
};

}  // namespace

std::unique_ptr<DnsVerifier> make_apart_verifier(std::unique_ptr<DnsVerifier> service,
                                                 std::unique_ptr<DnsVerifier> mark) {
  return std::make_unique<ApartVerifier>(std::move(service), std::move(mark));
}

}  // namespace failover
