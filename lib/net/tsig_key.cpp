#include "net/tsig_key.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <failover/error.hpp>

#include "core/ascii.hpp"
#include "core/secret.hpp"
#include "net/base64.hpp"
#include "net/dns_name.hpp"

namespace failover {

namespace {

std::unexpected<Error> bad(std::string_view what) {
  return fail(ErrorKind::config, fmt::format("{}; tsig-keygen(8) writes such a file", what));
}

/// Words, quoted strings and the marks { } ; of named.conf's grammar, as views into the text so that no copy of the
/// secret is made.
class Tokens {
 public:
  explicit Tokens(std::string_view text) noexcept : rest_(text) {}

  /// The next token without its quotes; empty at the end.
  Result<std::string_view> next() {
    FO_TRY(skip_blanks());
    if (rest_.empty()) return std::string_view{};
    if (rest_.front() == '"') {
      const auto close = rest_.find('"', 1);
      if (close == std::string_view::npos) return bad("a quoted string does not end");
      return take(1, close - 1, close + 1);
    }
    if (is_mark(rest_.front())) return take(0, 1, 1);
    const auto ends = [](char c) { return is_blank(c) || is_mark(c) || c == '"'; };
    const auto length = static_cast<std::size_t>(std::ranges::find_if(rest_, ends) - rest_.begin());
    return take(0, length, length);
  }

  Result<void> expect(std::string_view wanted) {
    if (FO_TRY(next()) != wanted) return bad(fmt::format("'{}' is missing", wanted));
    return {};
  }

 private:
  static bool is_blank(char c) noexcept { return std::isspace(static_cast<unsigned char>(c)) != 0; }
  static bool is_mark(char c) noexcept { return c == '{' || c == '}' || c == ';'; }

  std::string_view take(std::size_t from, std::size_t count, std::size_t used) noexcept {
    const auto token = rest_.substr(from, count);
    rest_.remove_prefix(used);
    return token;
  }

  Result<void> skip_blanks() {
    while (!rest_.empty()) {
      if (is_blank(rest_.front())) {
        rest_.remove_prefix(1);
      } else if (rest_.starts_with('#') || rest_.starts_with("//")) {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else if (rest_.starts_with("/*")) {
        const auto end = rest_.find("*/", 2);
        if (end == std::string_view::npos) return bad("a comment does not end");
        rest_.remove_prefix(end + 2);
      } else {
        break;
      }
    }
    return {};
  }

  std::string_view rest_;
};

Result<Secret> decode_secret(std::string_view text) {
  auto bytes = base64_decode(text);
  if (!bytes) return bad("its secret is not base64");
  Secret secret(std::move(*bytes));
  if (secret.reveal().empty()) return bad("its secret is empty");
  return secret;
}

Result<TsigAlgorithm> find_algorithm(std::string_view name) {
  const auto lower = ascii_lower(name);
  for (const auto algorithm : {TsigAlgorithm::hmac_sha256, TsigAlgorithm::hmac_sha384, TsigAlgorithm::hmac_sha512}) {
    if (lower == to_string(algorithm)) return algorithm;
  }
  return bad(fmt::format("its algorithm '{}' is not one of hmac-sha256, hmac-sha384 and hmac-sha512", name));
}

}  // namespace

std::string_view to_string(TsigAlgorithm algorithm) noexcept {
  switch (algorithm) {
    case TsigAlgorithm::hmac_sha256:
      return "hmac-sha256";
    case TsigAlgorithm::hmac_sha384:
      return "hmac-sha384";
    case TsigAlgorithm::hmac_sha512:
      return "hmac-sha512";
  }
  return "hmac-sha256";
}

Result<TsigKey> parse_tsig_key(std::string_view text) {
  Tokens tokens(text);
  FO_TRY(tokens.expect("key"));
  const auto name_text = FO_TRY(tokens.next());
  const auto name = DnsName::from_text(name_text);
  if (!name) return fail(ErrorKind::config, "its key name is unusable: " + name.error().message);
  FO_TRY(tokens.expect("{"));
  std::optional<TsigAlgorithm> algorithm;
  std::optional<Secret> secret;
  for (auto word = FO_TRY(tokens.next()); word != "}"; word = FO_TRY(tokens.next())) {
    if (word == "algorithm" && !algorithm) {
      const auto value = FO_TRY(tokens.next());
      algorithm = FO_TRY(find_algorithm(value));
    } else if (word == "secret" && !secret) {
      const auto value = FO_TRY(tokens.next());
      secret = FO_TRY(decode_secret(value));
    } else {
      return bad("its key holds something else than one algorithm and one secret");
    }
    FO_TRY(tokens.expect(";"));
  }
  FO_TRY(tokens.expect(";"));
  if (!algorithm || !secret) return bad("its key lacks its algorithm or its secret");
  if (!FO_TRY(tokens.next()).empty())
    return bad("it holds more than one key; put the one to use into a file of its own");
  return TsigKey{*name, *algorithm, std::move(*secret)};
}

Result<TsigKey> read_tsig_key(const std::filesystem::path& path) {
  const Secret content = FO_TRY(read_credential_file(path));
  return while_doing("key file " + path.string() + " is unusable", parse_tsig_key(content.reveal()));
}

}  // namespace failover
