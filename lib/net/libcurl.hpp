#pragma once

#include <curl/curl.h>

#include <failover/error.hpp>

namespace failover {

/// The functions of libcurl, by their names without "curl_". It is loaded and started by the first who asks for it:
/// with it come some 25 libraries (LDAP, Kerberos, GnuTLS ..) and 7 ms of CPU, more than a whole change in DNS takes.
struct LibCurl {
  decltype(&curl_easy_init) easy_init;
  decltype(&curl_easy_cleanup) easy_cleanup;
  decltype(&curl_easy_setopt) easy_setopt;
  decltype(&curl_easy_getinfo) easy_getinfo;
  decltype(&curl_easy_pause) easy_pause;
  decltype(&curl_easy_recv) easy_recv;
  decltype(&curl_easy_send) easy_send;
  decltype(&curl_easy_strerror) easy_strerror;
  decltype(&curl_multi_init) multi_init;
  decltype(&curl_multi_cleanup) multi_cleanup;
  decltype(&curl_multi_setopt) multi_setopt;
  decltype(&curl_multi_add_handle) multi_add_handle;
  decltype(&curl_multi_remove_handle) multi_remove_handle;
  decltype(&curl_multi_socket_action) multi_socket_action;
  decltype(&curl_multi_info_read) multi_info_read;
  decltype(&curl_multi_strerror) multi_strerror;
  decltype(&curl_slist_append) slist_append;
  decltype(&curl_slist_free_all) slist_free_all;
  decltype(&curl_getdate) getdate;
};

/// An error of kind internal when libcurl is not there, is another one than we need, or does not start.
Result<const LibCurl*> load_libcurl();

/// For who holds anything of libcurl's, so that it is loaded: a handle, a list.
const LibCurl& libcurl() noexcept;

}  // namespace failover
