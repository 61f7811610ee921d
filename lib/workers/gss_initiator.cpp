#include "workers/gss_initiator.hpp"

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include <failover/error.hpp>

#include "core/secret.hpp"
#include "core/system_error.hpp"
#include "workers/kerberos_failure.hpp"
#include "workers/kerberos_tickets.hpp"

namespace failover {

namespace {

/// A proof of who the server is, no replays, and MACs.
constexpr OM_uint32 wanted = GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_INTEG_FLAG;
constexpr OM_uint32 indispensable = GSS_C_MUTUAL_FLAG | GSS_C_INTEG_FLAG;

/// RFC 4178 section 3: 1.3.6.1.5.5.2.
std::array<unsigned char, 6> spnego_bytes{0x2b, 0x06, 0x01, 0x05, 0x05, 0x02};
gss_OID_desc spnego{spnego_bytes.size(), spnego_bytes.data()};

/// GSS-API reads it only, though its interface does not say so.
gss_buffer_desc buffer_of(std::string_view text) noexcept {
  return {text.size(), const_cast<char*>(text.data())};  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

/// What a call gives back, copied and released.
std::string take(gss_buffer_desc& buffer) {
  std::string bytes(static_cast<const char*>(buffer.value), buffer.length);
  OM_uint32 minor = 0;
  ::gss_release_buffer(&minor, &buffer);
  return bytes;
}

Result<gss_name_t> name_of(std::string_view text, gss_OID type) {
  OM_uint32 minor = 0;
  auto buffer = buffer_of(text);
  gss_name_t name = GSS_C_NO_NAME;
  const auto major = ::gss_import_name(&minor, &buffer, type, &name);
  if (GSS_ERROR(major)) return gss_failure("Kerberos cannot read the name " + std::string(text), major, minor);
  return name;
}

}  // namespace

GssInitiator::GssInitiator(GssWish wish) noexcept : wish_(std::move(wish)) {}

GssInitiator::GssInitiator(GssInitiator&& other) noexcept
    : wish_(std::move(other.wish_)),
      mechanism_(other.mechanism_),
      target_(std::exchange(other.target_, GSS_C_NO_NAME)),
      credential_(std::exchange(other.credential_, GSS_C_NO_CREDENTIAL)),
      context_(std::exchange(other.context_, GSS_C_NO_CONTEXT)) {}

GssInitiator::~GssInitiator() {
  OM_uint32 minor = 0;
  if (context_ != GSS_C_NO_CONTEXT) ::gss_delete_sec_context(&minor, &context_, GSS_C_NO_BUFFER);
  if (credential_ != GSS_C_NO_CREDENTIAL) ::gss_release_cred(&minor, &credential_);
  if (target_ != GSS_C_NO_NAME) ::gss_release_name(&minor, &target_);
}

Result<GssInitiator> GssInitiator::open(const GssWish& wish, const Secret& keytab) {
  // Before the first call of the library; nothing else runs in this process.
  if (!wish.krb5_config.empty() && ::setenv("KRB5_CONFIG", wish.krb5_config.c_str(), 1) != 0) {
    return fail_errno("cannot set KRB5_CONFIG");
  }
  const auto cache = FO_TRY(get_kerberos_tickets({wish.server_name, wish.principal}, keytab));
  GssInitiator made(wish);
  made.mechanism_ = wish.spnego ? &spnego : gss_mech_krb5;
  made.target_ = FO_TRY(name_of("DNS@" + wish.server_name, GSS_C_NT_HOSTBASED_SERVICE));
  FO_TRY(made.acquire(cache));
  return made;
}

Result<void> GssInitiator::acquire(const std::string& cache) {
  std::array elements{gss_key_value_element_desc{"ccache", cache.c_str()}};
  const gss_key_value_set_desc store{elements.size(), elements.data()};
  OM_uint32 minor = 0;
  gss_OID_set_desc mechanisms{1, mechanism_};
  const auto major = ::gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE,
                                             &store, &credential_, nullptr, nullptr);
  if (GSS_ERROR(major)) return gss_failure("GSS-API cannot use the tickets", major, minor);
  if (!wish_.spnego) return {};
  // Within SPNEGO nothing but Kerberos.
  gss_OID_set_desc only{1, gss_mech_krb5};
  const auto chosen = ::gss_set_neg_mechs(&minor, credential_, &only);
  if (GSS_ERROR(chosen)) return gss_failure("SPNEGO cannot be held to Kerberos", chosen, minor);
  return {};
}

Result<GssInitiator::Step> GssInitiator::step(std::string_view token) {
  OM_uint32 minor = 0;
  OM_uint32 flags = 0;
  auto input = buffer_of(token);
  gss_buffer_desc output{};
  const auto major =
      ::gss_init_sec_context(&minor, credential_, &context_, target_, mechanism_, wanted, 0, GSS_C_NO_CHANNEL_BINDINGS,
                             token.empty() ? GSS_C_NO_BUFFER : &input, nullptr, &output, &flags, nullptr);
  Step result{take(output), major == GSS_S_COMPLETE};
  if (GSS_ERROR(major)) return gss_failure("Kerberos for DNS/" + wish_.server_name, major, minor);
  if (result.done && (flags & indispensable) != indispensable) {
    return fail(ErrorKind::permission, "the server has not proven who it is to Kerberos");
  }
  return result;
}

Result<std::string> GssInitiator::sign(std::string_view bytes) {
  OM_uint32 minor = 0;
  auto message = buffer_of(bytes);
  gss_buffer_desc mac{};
  const auto major = ::gss_get_mic(&minor, context_, GSS_C_QOP_DEFAULT, &message, &mac);
  if (GSS_ERROR(major)) return gss_failure("Kerberos cannot sign", major, minor);
  return take(mac);
}

bool GssInitiator::check(std::string_view bytes, std::string_view mac) {
  OM_uint32 minor = 0;
  auto message = buffer_of(bytes);
  auto token = buffer_of(mac);
  // Anything but "complete" is no: a replay or an old one would be said by a further bit.
  return ::gss_verify_mic(&minor, context_, &message, &token, nullptr) == GSS_S_COMPLETE;
}

}  // namespace failover
