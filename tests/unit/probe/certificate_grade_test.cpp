#include "probe/certificate_grade.hpp"

#include <chrono>

#include <failover/context.hpp>
#include <failover/observer.hpp>

#include "support/catch.hpp"

using namespace std::chrono_literals;
using failover::CertificateReport;
using failover::Grade;
using failover::grade_certificate;
using failover::ProbeOptions;

TEST_CASE("a certificate is graded by its remaining life, a wrong one is a warning") {
  const ProbeOptions options;  // 14 and 3 days
  const failover::WallTime now{};
  const auto grade = [&](failover::Duration left) {
    CertificateReport report{
        .seen = true, .problem = {}, .not_after = now + std::chrono::duration_cast<failover::WallTime::duration>(left)};
    return grade_certificate(report, options, now).grade;
  };
  CHECK(grade(15 * 24h) == Grade::ok);
  CHECK(grade(13 * 24h) == Grade::warning);
  CHECK(grade(2 * 24h) == Grade::critical);
  CHECK(grade_certificate({.seen = true, .problem = "self-signed", .not_after = now + 20 * 24h}, options, now).grade ==
        Grade::warning);
  CHECK(grade_certificate({.seen = true, .problem = "expired", .not_after = now - 24h}, options, now).grade ==
        Grade::critical);
  CHECK(grade_certificate({}, options, now).grade == Grade::ok);
}
