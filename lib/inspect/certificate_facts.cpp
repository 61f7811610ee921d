#include "inspect/certificate_facts.hpp"

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "core/clock.hpp"

namespace failover {

namespace {

constexpr std::size_t largest_file = std::size_t{1} << 20U;
constexpr std::size_t longest_name = 256;

template <auto Release>
struct Free {
  template <typename T>
  void operator()(T* handle) const noexcept {
    Release(handle);
  }
};
using Bio = std::unique_ptr<BIO, Free<::BIO_free>>;
using Certificate = std::unique_ptr<X509, Free<::X509_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Free<::GENERAL_NAMES_free>>;

Certificate first_certificate(const std::string& text) {
  const Bio bio(::BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  // Never asks a terminal for a passphrase: certificates have none.
  const auto no_passphrase = [](char*, int, int, void*) { return 0; };
  Certificate certificate(bio ? ::PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr) : nullptr);
  if (!certificate) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    certificate.reset(::d2i_X509(nullptr, &bytes, static_cast<long>(text.size())));
  }
  ::ERR_clear_error();
  return certificate;
}

std::string subject_of(const X509& certificate) {
  const Bio bio(::BIO_new(::BIO_s_mem()));
  if (!bio || ::X509_NAME_print_ex(bio.get(), ::X509_get_subject_name(&certificate), 0, XN_FLAG_RFC2253) < 0) return {};
  char* bytes = nullptr;
  const long length = ::BIO_get_mem_data(bio.get(), &bytes);
  return std::string(bytes, std::min(longest_name, static_cast<std::size_t>(std::max(0L, length))));
}

std::optional<WallTime> expiry_of(const X509& certificate) {
  std::tm time{};
  if (::ASN1_TIME_to_tm(::X509_get0_notAfter(&certificate), &time) != 1) return std::nullopt;
  return wall_time(::timegm(&time));
}

std::string text_of(const ASN1_STRING* value) {
  if (value == nullptr) return {};
  const auto* bytes = reinterpret_cast<const char*>(::ASN1_STRING_get0_data(value));
  return std::string(bytes, static_cast<std::size_t>(::ASN1_STRING_length(value)));
}

bool is_host(std::string_view name) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
  return name.size() <= longest_name && name.contains('.') && name.find_first_not_of(allowed) == std::string_view::npos;
}

std::string host_of(X509& certificate) {
  if (::X509_check_ca(&certificate) != 0) return {};
  const Names names(
      static_cast<GENERAL_NAMES*>(::X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    auto host = text_of(name->d.dNSName);
    if (is_host(host)) return host;
  }
  const auto* subject = ::X509_get_subject_name(&certificate);
  const int at = ::X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  auto host = text_of(::X509_NAME_ENTRY_get_data(::X509_NAME_get_entry(subject, at)));
  return is_host(host) ? host : std::string();
}

}  // namespace

Result<void> CertificateFacts::feed(std::span<const std::byte> bytes) {
  too_large_ = too_large_ || text_.size() + bytes.size() > largest_file;
  if (!too_large_) text_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return {};
}

Result<void> CertificateFacts::end() {
  if (!too_large_) {
    if (const auto certificate = first_certificate(text_)) {
      found_ = BackupCertificate{path_, subject_of(*certificate), expiry_of(*certificate)};
      host_ = host_of(*certificate);
    }
    ::ERR_clear_error();
  }
  // A private key may stand beside the certificate (property secret).
  ::OPENSSL_cleanse(text_.data(), text_.size());
  text_.clear();
  return {};
}

}  // namespace failover
