#include "net/libcurl.hpp"

#include <optional>
#include <string>

#include <curl/curl.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <failover/error.hpp>

namespace failover {

namespace {

/// libcurl with OpenSSL, whose SSL_CTX our certificate judge takes; that with GnuTLS has another name.
constexpr const char* soname = "libcurl.so.4";

/// Finds functions in the loaded library and remembers the first that is missing.
class Symbols {
 public:
  explicit Symbols(void* library) noexcept : library_(library) {}

  template <typename Function>
  void find(Function& function, const char* name) noexcept {
    function = reinterpret_cast<Function>(::dlsym(library_, name));
    if (function == nullptr && missing_ == nullptr) missing_ = name;
  }
  [[nodiscard]] const char* missing() const noexcept { return missing_; }

 private:
  void* library_;
  const char* missing_ = nullptr;
};

void find_all(Symbols& in, LibCurl& curl) noexcept {
  in.find(curl.easy_init, "curl_easy_init");
  in.find(curl.easy_cleanup, "curl_easy_cleanup");
  in.find(curl.easy_setopt, "curl_easy_setopt");
  in.find(curl.easy_getinfo, "curl_easy_getinfo");
  in.find(curl.easy_pause, "curl_easy_pause");
  in.find(curl.easy_recv, "curl_easy_recv");
  in.find(curl.easy_send, "curl_easy_send");
  in.find(curl.easy_strerror, "curl_easy_strerror");
  in.find(curl.multi_init, "curl_multi_init");
  in.find(curl.multi_cleanup, "curl_multi_cleanup");
  in.find(curl.multi_setopt, "curl_multi_setopt");
  in.find(curl.multi_add_handle, "curl_multi_add_handle");
  in.find(curl.multi_remove_handle, "curl_multi_remove_handle");
  in.find(curl.multi_socket_action, "curl_multi_socket_action");
  in.find(curl.multi_info_read, "curl_multi_info_read");
  in.find(curl.multi_strerror, "curl_multi_strerror");
  in.find(curl.slist_append, "curl_slist_append");
  in.find(curl.slist_free_all, "curl_slist_free_all");
  in.find(curl.getdate, "curl_getdate");
}

struct Loaded {
  LibCurl curl{};
  std::optional<Error> error;
};

Loaded load() {
  Loaded loaded;
  const auto failed = [&](std::string why) {
    loaded.error = Error{ErrorKind::internal, fmt::format("{}; install libcurl4 again", why)};
    return loaded;
  };
  // Never unloaded: it starts threads and registers what runs at the end of the process.
  void* const library = ::dlopen(soname, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) return failed(fmt::format("libcurl cannot be loaded: {}", ::dlerror()));
  Symbols symbols(library);
  find_all(symbols, loaded.curl);
  decltype(&curl_global_init) global_init = nullptr;
  symbols.find(global_init, "curl_global_init");
  if (symbols.missing() != nullptr) return failed(fmt::format("this {} lacks {}", soname, symbols.missing()));
  if (global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return failed("libcurl does not start");
  return loaded;
}

const Loaded& loaded() {
  static const Loaded once = load();
  return once;
}

}  // namespace

Result<const LibCurl*> load_libcurl() {
  const auto& once = loaded();
  if (once.error) return std::unexpected(*once.error);
  return &once.curl;
}

const LibCurl& libcurl() noexcept {
  return loaded().curl;
}

}  // namespace failover
