// Drives the HTTP client: a JSON request a line on stdin, a JSON answer a line on stdout.
//   {"url", "method", "body", "fields": {..}, "secret": "value of Authorization", "limit", "timeout_ms", "follow"}
// Arguments: STALL_MS [CA_FILE [IDENTITY_FILE]]

#include "net/http_client.hpp"

#include <chrono>
#include <cstddef>
#include <iostream>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/secret.hpp"
#include "core/url.hpp"
#include "net/http_message.hpp"
#include "net/server_origin.hpp"
#include "net/transfer.hpp"

namespace {

using nlohmann::json;

json to_json(const failover::Error& error) {
  return {{"error", std::string(failover::to_string(error.kind))}, {"message", error.message}};
}

failover::Result<failover::HttpRequest> request_of(const json& asked) {
  const auto url = FO_TRY(failover::parse_url(asked.at("url").get<std::string>()));
  failover::HttpRequest request;
  request.method = asked.value("method", "GET");
  request.origin = FO_TRY(failover::origin_of(url));
  request.target = (url.path.empty() ? "/" : url.path) + (url.has_query ? "?" + url.query : "");
  request.follow_redirects = asked.value("follow", false);
  const auto fields = asked.value("fields", json::object());
  for (const auto& [name, value] : fields.items()) {
    request.fields.push_back({name, value.get<std::string>()});
  }
  if (asked.contains("secret")) {
    request.secret_fields.emplace_back("Authorization", failover::Secret(asked.at("secret").get<std::string>()));
  }
  if (asked.contains("body")) request.body.emplace(asked.at("body").get<std::string>());
  return request;
}

json answer_to(failover::HttpClient& client, const json& asked) {
  auto request = request_of(asked);
  if (!request) return to_json(request.error());
  failover::Context context;
  context.deadline = failover::Deadline::after(std::chrono::milliseconds(asked.value("timeout_ms", 10'000)));
  const auto began = std::chrono::steady_clock::now();
  const auto response = client.send(std::move(*request), asked.value("limit", std::size_t{1'000'000}), context);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  auto answer =
      response ? json{{"status", response->head.status}, {"body", response->body}} : to_json(response.error());
  answer["seconds"] = took.count();
  if (response) {
    for (const auto& field : response->head.fields) answer["fields"][field.name] = field.value;
  }
  return answer;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) return 2;
  failover::TransferOptions options;
  options.stall_timeout = std::chrono::milliseconds(std::stol(argv[1]));
  if (argc > 2 && !std::string(argv[2]).empty()) options.trust.ca_file = argv[2];
  if (argc > 3) {
    auto identity = failover::read_credential_file(argv[3]);
    if (!identity) return 3;
    options.trust.identity = std::make_shared<const failover::Secret>(std::move(*identity));
  }
  auto client = failover::HttpClient::create(options);
  if (!client) return 3;
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << answer_to(**client, json::parse(line)).dump() << '\n' << std::flush;
  }
  return 0;
}
