#include "source/smb_ticket.hpp"

#include <chrono>
#include <cstdlib>
#include <expected>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>

#include "core/clock.hpp"
#include "core/worker.hpp"
#include "core/worker_error.hpp"
#include "core/worker_frame.hpp"

namespace failover {

namespace {

using nlohmann::json;

/// The longest that Kerberos may take, within the context's own deadline.
constexpr std::chrono::seconds kerberos_limit{15};

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

Result<SmbLogIn> smb_ticket(const std::string& server_name, const Context& context) {
  SmbLogIn found;
  found.krb5_config = setting("KRB5_CONFIG");
  const json request{{"do", "smb ticket"},
                     {"server_name", server_name},
                     {"krb5_config", found.krb5_config},
                     {"cache", setting("KRB5CCNAME")}};
  const auto worker = FO_TRY(Worker::start("fo-gss"));
  FO_TRY(worker->send(FrameKind::request, request.dump(-1, ' ', false, json::error_handler_t::replace), context));
  const Context limited = context.within(kerberos_limit);
  const auto allowed = limited.deadline.remaining();
  const auto frame = worker->receive(allowed, limited);
  if (!frame && frame.error().kind == ErrorKind::timeout) {
    return fail(
        ErrorKind::timeout,
        fmt::format("Kerberos gave no ticket for cifs/{0} within {1}: does its server (KDC) answer? See where it hangs "
                    "by: KRB5_TRACE=/dev/stderr kvno cifs/{0}",
                    server_name, human_duration(allowed)));
  }
  if (!frame) return std::unexpected(frame.error());
  if (frame->kind == FrameKind::error) return std::unexpected(worker_error("fo-gss", frame->text()));
  try {
    const auto told = json::parse(frame->text());
    found.cache_file = told.at("cache_file");
    found.owner = told.at("owner");
  } catch (const json::exception& error) {
    return fail(ErrorKind::internal, std::string("fo-gss answers with something else: ") + error.what());
  }
  return found;
}

}  // namespace failover
