#pragma once

#include <string>

#include <failover/context.hpp>
#include <failover/observer.hpp>

#include "net/certificate.hpp"

namespace failover {

struct CertificateGrade {
  Grade grade = Grade::ok;
  std::string clause;  ///< to be appended, with its comma; empty = nothing to say
};

/// A wrong chain or name is a warning. Remaining life below the thresholds is a warning or critical, whatever else is
/// wrong, and none left at all counts as below both. Pure.
CertificateGrade grade_certificate(const CertificateReport& report, const ProbeOptions& options, WallTime now);

}  // namespace failover
