// fo-unpack: whoever reads an archive that came from elsewhere reads it in this program, shut in before it looks at the
// first byte. It has no path: descriptor 3 is the archive, those after it are the folders in which files are made.
//   fo-unpack FOLDERS MEMORY CPU_SECONDS FILE_SIZE TIME_ZONE
// It serves the frames of core/worker_frame.hpp on its stdin:
//   secret                                                      the password, before anything else
//   {"do": "list", "max_size", "max_files", "max_ratio", "symlinks", "encrypted"}
//                        part frames {"bytes"}, data frames of entries (archive/entry_record.hpp), answer {"format"}
//   data                                                        jobs, then
//   {"do": "unpack", "format"}                                  part frames {"bytes"}, answer {}
//   {"do": "inspect", "format"}          part frames {"bytes"}, data frames (archive/contents_record.hpp), answer {}
// The first thing that it says, unasked, is a part: {"confined": a sentence}.

#include <clocale>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <openssl/crypto.h>

#include <failover/error.hpp>

#include "archive/archive_format.hpp"
#include "archive/check.hpp"
#include "archive/contents_record.hpp"
#include "archive/entry_record.hpp"
#include "core/secret.hpp"
#include "core/whole_number.hpp"
#include "core/worker_frame.hpp"
#include "workers/confinement.hpp"
#include "workers/inspect_job.hpp"
#include "workers/list_job.hpp"
#include "workers/unpack_job.hpp"
#include "workers/worker_side.hpp"

namespace failover {

namespace {

using nlohmann::json;

constexpr int archive_fd = 3;
constexpr std::size_t enough_for_a_frame = std::size_t{256} * 1024;

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

class Server {
 public:
  explicit Server(std::vector<int> folders) noexcept : folders_(std::move(folders)) {}

  /// Until nobody asks any more, or the pipe is gone.
  void serve() {
    while (true) {
      auto request = WorkerSide::next();
      if (!request) return;
      const auto done = take(*request);
      if (!done && !WorkerSide::send(done.error())) return;
    }
  }

 private:
  Result<void> take(Request& request) {
    try {
      if (request.kind == FrameKind::secret) {
        password_ = std::move(request.body);
        return {};
      }
      if (request.kind == FrameKind::data) return keep(request.body.reveal());
      return answer(json::parse(request.body.reveal()));
    } catch (const std::bad_alloc&) {
      return fail(ErrorKind::integrity, "the archive needs more memory than fo-unpack may use");
    } catch (const std::exception& error) {
      return fail(ErrorKind::internal, std::string("fo-unpack failed: ") + error.what());
    }
  }

  Result<void> keep(std::string_view bytes) {
    while (!bytes.empty()) jobs_.push_back(FO_TRY(take_job(bytes)));
    return {};
  }

  Result<void> answer(const json& asked) {
    const auto what = asked.at("do").get<std::string>();
    if (what == "list") return list(asked);
    if (what == "unpack") return unpack(asked);
    if (what == "inspect") return inspect(asked);
    return fail(ErrorKind::internal, "fo-unpack does not know how to " + what);
  }

  Result<void> list(const json& asked) {
    ArchiveLimits limits;
    limits.max_size = asked.at("max_size");
    limits.max_files = asked.at("max_files");
    limits.max_ratio = asked.at("max_ratio");
    limits.symlinks = asked.at("symlinks");
    limits.encrypted = asked.at("encrypted");
    const auto listed = FO_TRY(list_contents(archive_fd, limits, password()));
    std::string records;
    for (const auto& entry : listed.listing.entries) {
      append_entry(records, entry);
      if (records.size() < enough_for_a_frame) continue;
      FO_TRY(WorkerSide::send(FrameKind::data, records));
      records.clear();
    }
    FO_TRY(WorkerSide::send(FrameKind::data, records));
    return WorkerSide::send(FrameKind::answer, dump({{"format", static_cast<int>(listed.format)}}));
  }

  Result<void> unpack(const json& asked) {
    const auto format = static_cast<ArchiveFormat>(asked.at("format").get<int>());
    FO_TRY(unpack_into(folders_, archive_fd, format, std::exchange(jobs_, {}), password()));
    return WorkerSide::send(FrameKind::answer, "{}");
  }

  Result<void> inspect(const json& asked) {
    const auto format = static_cast<ArchiveFormat>(asked.at("format").get<int>());
    const auto record =
        contents_record(FO_TRY(inspect_entries_of(archive_fd, format, std::exchange(jobs_, {}), password())));
    for (std::size_t done = 0; done < record.size(); done += enough_for_a_frame) {
      FO_TRY(WorkerSide::send(FrameKind::data, std::string_view(record).substr(done, enough_for_a_frame)));
    }
    return WorkerSide::send(FrameKind::answer, "{}");
  }

  [[nodiscard]] const Secret* password() const noexcept { return password_ ? &*password_ : nullptr; }

  std::vector<int> folders_;
  std::vector<UnpackJob> jobs_;
  std::optional<Secret> password_;
};

std::uint64_t number(std::string_view text) noexcept {
  return whole_number<std::uint64_t>(text).value_or(0);
}

int run(std::span<char*> arguments) {
  constexpr std::size_t expected = 6;
  if (arguments.size() != expected) return 2;
  std::vector<int> folders;
  folders.reserve(number(arguments[1]));
  for (std::uint64_t i = 0; i < number(arguments[1]); ++i) folders.push_back(archive_fd + 1 + static_cast<int>(i));
  // Time zone and locale are files: before the doors are shut.
  ::setenv("TZ", arguments[5], 1);
  ::tzset();
  std::setlocale(LC_CTYPE, "C.UTF-8");
  // For a certificate OpenSSL would look for its configuration, where nothing can be opened any more.
  ::OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  const auto confined = confine(folders, {number(arguments[2]), number(arguments[3]), number(arguments[4])});
  if (!confined) return WorkerSide::send(confined.error()) ? 1 : 2;
  if (!WorkerSide::send(FrameKind::part, dump({{"confined", *confined}}))) return 1;
  Server(std::move(folders)).serve();
  return 0;
}

}  // namespace

}  // namespace failover

int main(int count, char** arguments) {
  const int status = failover::run(std::span(arguments, static_cast<std::size_t>(count)));
  // No destructors: there is nothing to say good-bye to.
  std::_Exit(status);
}
