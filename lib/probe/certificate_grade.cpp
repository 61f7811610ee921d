#include "probe/certificate_grade.hpp"

#include <string>

#include <fmt/format.h>

#include <failover/context.hpp>
#include <failover/observer.hpp>

#include "core/clock.hpp"
#include "net/certificate.hpp"

namespace failover {

CertificateGrade grade_certificate(const CertificateReport& report, const ProbeOptions& options, WallTime now) {
  if (!report.seen) return {};
  if (!report.problem.empty()) return {Grade::warning, fmt::format(", certificate: {}", report.problem)};
  if (!report.not_after) return {Grade::warning, ", certificate: its end of life cannot be read"};
  const auto left = *report.not_after - now;
  const auto clause = fmt::format(", certificate ends in {}", human_duration(left));
  if (left < options.cert_critical) return {Grade::critical, clause};
  if (left < options.cert_warning) return {Grade::warning, clause};
  return {};
}

}  // namespace failover
