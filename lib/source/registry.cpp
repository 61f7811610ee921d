#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <failover/error.hpp>
#include <failover/registry.hpp>
#include <failover/source.hpp>

#include "core/url.hpp"
#include "source/file.hpp"
#include "source/ftp.hpp"
#include "source/gs.hpp"
#include "source/https.hpp"
#include "source/s3.hpp"
#include "source/sftp.hpp"
#include "source/smb.hpp"

namespace failover {

namespace {

struct Maker {
  std::string_view scheme;
  Result<std::unique_ptr<Source>> (*make)(const Url& url, const SourceOptions& options);
};

constexpr std::array makers{
    Maker{"file", make_file_source}, Maker{"ftp", make_ftp_source},     Maker{"ftps", make_ftp_source},
    Maker{"gs", make_gs_source},     Maker{"https", make_https_source}, Maker{"s3", make_s3_source},
    Maker{"sftp", make_sftp_source}, Maker{"smb", make_smb_source},
};

std::string known_schemes() {
  std::string names;
  for (const auto& maker : makers) names += (names.empty() ? "" : ", ") + std::string(maker.scheme);
  return names;
}

}  // namespace

Result<std::unique_ptr<Source>> make_source(std::string_view location, const SourceOptions& options) {
  const auto url = FO_TRY(while_doing("reading the source", parse_url(location)));
  for (const auto& maker : makers) {
    if (maker.scheme == url.scheme) return while_doing(fmt::format("'{}'", location), maker.make(url, options));
  }
  return fail(ErrorKind::usage,
              fmt::format("'{}' is no kind of source that is known here; known are: {}", url.scheme, known_schemes()));
}

}  // namespace failover
