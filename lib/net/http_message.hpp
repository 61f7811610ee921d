#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/secret.hpp"
#include "net/server_origin.hpp"

namespace failover {

struct HttpField {
  std::string name;
  std::string value;
};

/// What is asked. `Host`, `User-Agent` and `Accept-Encoding: identity` come by themselves unless a field says
/// otherwise.
struct HttpRequest {
  std::string method = "GET";  ///< GET, HEAD, POST, PATCH
  ServerOrigin origin;
  std::string target = "/";  ///< path and query, encoded
  std::vector<HttpField> fields = {};
  std::vector<std::pair<std::string, Secret>> secret_fields = {};  ///< such as Authorization
  std::optional<Secret> body = std::nullopt;                       ///< of a POST or PATCH
  /// Over a connection of its own, so that nothing sends it again when the connection is found dead.
  bool at_most_once = false;
  /// Within the same origin, at most five times; anywhere else is an error that says where.
  bool follow_redirects = false;
};

/// Status and fields of an answer.
struct HttpHead {
  int status = 0;
  std::vector<HttpField> fields = {};

  /// The first field of that name, whatever its case.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  /// Type and subtype in lower case, without parameters; empty if there is none.
  [[nodiscard]] std::string content_type() const;
};

struct HttpResponse {
  HttpHead head;
  std::string body;
};

/// Collects the header lines of one answer (RFC 9112). Interim answers (1xx) are dropped.
class HttpHeadReader {
 public:
  /// @return false: more than 64 KiB, or no HTTP.
  bool add(std::string_view line);
  /// The empty line after the fields of a final answer has come.
  [[nodiscard]] bool complete() const noexcept { return complete_; }
  [[nodiscard]] const HttpHead& head() const noexcept { return head_; }

 private:
  HttpHead head_;
  std::size_t size_ = 0;
  bool complete_ = false;
};

}  // namespace failover
