#include "probe/certificate_grade.hpp"

#include <optional>
#include <string>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/observer.hpp>

#include "core/clock.hpp"
#include "net/certificate.hpp"

namespace failover {

CertificateGrade grade_certificate(const CertificateReport& report, const ProbeOptions& options, WallTime now) {
  if (!report.seen) return {};
  const auto left = report.not_after ? std::optional(*report.not_after - now) : std::nullopt;
  // An end that is near or past outdoes every other fault: it is the one that gets worse by itself.
  const bool critical = left && *left < options.cert_critical;
  if (!report.problem.empty()) {
    return {critical ? Grade::critical : Grade::warning, fmt::format(", certificate: {}", report.problem)};
  }
  if (!left) return {Grade::warning, ", certificate: its end of life cannot be read"};
  const auto clause = fmt::format(", certificate ends in {}", human_duration(*left));
  if (critical) return {Grade::critical, clause};
  if (*left < options.cert_warning) return {Grade::warning, clause};
  return {};
}

}  // namespace failover
