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

/// A wrong chain, name or date is a warning; a good certificate is graded by its remaining life. Pure.
CertificateGrade grade_certificate(const CertificateReport& report, const ProbeOptions& options, WallTime now);

}  // namespace failover
