#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/dns.hpp>
#include <failover/error.hpp>

#include "dns/apart.hpp"
#include "dns/apart_verifier.hpp"

namespace failover {

namespace {

ServiceRecord without_mark(ServiceRecord record) {
  record.mark.reset();
  return record;
}

ServiceRecord mark_alone(const ServiceRecord& record) {
  ServiceRecord alone;
  alone.mark = record.mark;
  return alone;
}

class ApartUpdater final : public DnsUpdater {
 public:
  ApartUpdater(std::unique_ptr<DnsUpdater> service, std::unique_ptr<DnsUpdater> mark)
      : service_(std::move(service)), mark_(std::move(mark)) {}

  [[nodiscard]] std::string describe() const override {
    return fmt::format("{}, its epoch mark apart ({})", service_->describe(), mark_->describe());
  }

  Result<ServiceRecord> current(const Context& context) override {
    // The mark last: who reads an old address with a newer mark is superseded; the other way round he would not know.
    auto record = FO_TRY(service_->current(context));
    record.mark = FO_TRY(mark_->current(context)).mark;
    return record;
  }

  Result<void> replace(const ServiceRecord& from, const ServiceRecord& to, const Context& context) override {
    const bool marked = from.mark != to.mark;
    if (marked) FO_TRY(mark_->replace(mark_alone(from), mark_alone(to), context));
    const auto before = without_mark(from);
    const auto after = without_mark(to);
    if (same_content(before, after) && before.ttl == after.ttl) return {};
    auto moved = service_->replace(before, after, context);
    if (moved || !marked) return moved;
    auto error = moved.error();
    error.message += "; the epoch mark, which lives apart, is written already";
    return std::unexpected(std::move(error));
  }

  Result<void> prove_access(const Context& context) override {
    FO_TRY(service_->prove_access(context));
    return mark_->prove_access(context);
  }

  [[nodiscard]] Swap swap() const noexcept override {
    return service_->swap() == Swap::atomic && mark_->swap() == Swap::atomic ? Swap::atomic : Swap::checked;
  }

  [[nodiscard]] bool mark_is_apart() const noexcept override { return true; }

 private:
  std::unique_ptr<DnsUpdater> service_;
  std::unique_ptr<DnsUpdater> mark_;
};

}  // namespace

DnsView join_apart(DnsView service, DnsView mark) {
  service.updater = std::make_unique<ApartUpdater>(std::move(service.updater), std::move(mark.updater));
  service.verifier = make_apart_verifier(std::move(service.verifier), std::move(mark.verifier));
  return service;
}

}  // namespace failover
