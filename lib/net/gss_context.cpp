#include "net/gss_context.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "core/worker.hpp"
#include "core/worker_frame.hpp"
#include "net/dns_name.hpp"
#include "net/tkey.hpp"

namespace failover {

namespace {

using nlohmann::json;

/// The longest that Kerberos may take for one step, within the context's own deadline.
constexpr std::chrono::seconds kerberos_limit{15};

constexpr std::array kinds{ErrorKind::config, ErrorKind::permission, ErrorKind::unreachable, ErrorKind::protocol};

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

template <typename Value>
Result<Value> member(const std::string& text, const char* name) {
  try {
    return json::parse(text).at(name).get<Value>();
  } catch (const json::exception& error) {
    return fail(ErrorKind::internal, std::string("fo-gss answers with something else: ") + error.what());
  }
}

Error error_of(const std::string& text) {
  const auto name = member<std::string>(text, "kind");
  const auto message = member<std::string>(text, "message");
  if (!name || !message) return {ErrorKind::internal, "fo-gss answers with an error that is none"};
  const auto* const kind = std::ranges::find(kinds, *name, [](ErrorKind each) { return to_string(each); });
  return {kind == kinds.end() ? ErrorKind::internal : *kind, *message};
}

}  // namespace

GssContext::GssContext(std::unique_ptr<Worker> worker, DnsName key_name)
    : worker_(std::move(worker)), key_name_(std::move(key_name)), algorithm_(gss_tsig_algorithm()) {}

Result<std::unique_ptr<GssContext>> GssContext::start(const GssAccount& account, GssMechanism mechanism,
                                                      DnsName key_name, const Context& context) {
  std::unique_ptr<GssContext> made(new GssContext(FO_TRY(Worker::start("fo-gss")), std::move(key_name)));
  FO_TRY(made->worker_->send(account.keytab, context));
  const json request{{"do", "begin"},
                     {"server_name", account.server_name},
                     {"principal", account.principal},
                     {"krb5_config", account.krb5_config},
                     {"mechanism", mechanism == GssMechanism::spnego ? "spnego" : "krb5"}};
  FO_TRY(made->worker_->send(FrameKind::request, dump(request), context));
  FO_TRY(made->receive(context));
  return made;
}

Result<GssContext::Step> GssContext::step(std::string_view token, const Context& context) {
  FO_TRY(worker_->send(FrameKind::data, token, context));
  FO_TRY(worker_->send(FrameKind::request, R"({"do": "step"})", context));
  auto answer = FO_TRY(receive(context));
  const bool done = FO_TRY(member<bool>(answer.json, "done"));
  return Step{std::move(answer.data), done};
}

Result<std::string> GssContext::mac(std::string_view bytes, const Context& context) {
  FO_TRY(worker_->send(FrameKind::data, bytes, context));
  FO_TRY(worker_->send(FrameKind::request, R"({"do": "sign"})", context));
  return FO_TRY(receive(context)).data;
}

Result<bool> GssContext::is_mac(std::string_view bytes, std::string_view mac, const Context& context) {
  FO_TRY(worker_->send(FrameKind::data, bytes, context));
  FO_TRY(worker_->send(FrameKind::data, mac, context));
  FO_TRY(worker_->send(FrameKind::request, R"({"do": "check"})", context));
  const auto answer = FO_TRY(receive(context));
  return member<bool>(answer.json, "right");
}

Result<GssContext::Answer> GssContext::receive(const Context& context) {
  const Context limited = context.within(kerberos_limit);
  const auto allowed = limited.deadline.remaining();
  Answer answer;
  while (true) {
    const auto frame = worker_->receive(allowed, limited);
    if (!frame && frame.error().kind == ErrorKind::timeout) {
      return fail(ErrorKind::timeout,
                  fmt::format("Kerberos did not come to an end within {}: does its server (KDC) answer?",
                              human_duration(allowed)));
    }
    if (!frame) return std::unexpected(frame.error());
    const std::string text(frame->text());
    if (frame->kind == FrameKind::error) return std::unexpected(error_of(text));
    if (frame->kind == FrameKind::answer) {
      answer.json = text;
      return answer;
    }
    answer.data += text;
  }
}

}  // namespace failover
