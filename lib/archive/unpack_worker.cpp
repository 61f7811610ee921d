#include "archive/unpack_worker.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/restorer.hpp>

#include "archive/archive_entry.hpp"
#include "archive/archive_format.hpp"
#include "archive/check.hpp"
#include "archive/contents_record.hpp"
#include "archive/entry_record.hpp"
#include "core/fd.hpp"
#include "core/json_numbers.hpp"
#include "core/worker.hpp"
#include "core/worker_error.hpp"
#include "core/worker_frame.hpp"

namespace failover {

namespace {

using nlohmann::json;

constexpr std::string_view name = "fo-unpack";
/// It tells ten times a second how far it is; what keeps it longer is a disk that does not answer.
constexpr std::chrono::seconds longest_silence{60};
constexpr std::size_t longest_record = std::size_t{64} * 1024 * 1024;  ///< of what is in a backup

std::unexpected<Error> nonsense(const std::string& what) {
  return fail(ErrorKind::internal, fmt::format("{} answers with {}", name, what));
}

/// Calls `use` with the JSON of a frame.
template <typename Use>
Result<void> with_json(const Worker::Frame& frame, Use use) {
  try {
    if (!has_integers_only(frame.text())) return nonsense("something else");
    return use(json::parse(frame.text()));
  } catch (const json::exception& error) {
    return nonsense(std::string("something else: ") + error.what());
  }
}

/// A zip's times are local ones: the worker's clean environment does not say where we are.
std::string time_zone() {
  const char* zone = std::getenv("TZ");
  return zone == nullptr ? ":/etc/localtime" : zone;
}

Result<void> told_bytes(const Worker::Frame& frame, const UnpackWorker::OnBytes& on_bytes) {
  return with_json(frame, [&](const json& told) -> Result<void> {
    on_bytes(told.at("bytes").get<std::uint64_t>());
    return {};
  });
}

}  // namespace

Result<UnpackWorker> UnpackWorker::start(const UnpackSetup& setup, const Context& context) {
  const std::vector arguments{std::to_string(setup.folders.size()), std::to_string(setup.memory),
                              std::to_string(setup.cpu_s), std::to_string(setup.file_size), time_zone()};
  // A description of its own, so that the kernel reads ahead for each worker by itself.
  const Fd own(::open(fmt::format("/proc/self/fd/{}", setup.archive).c_str(), O_RDONLY | O_CLOEXEC));
  std::vector<int> descriptors{own ? own.get() : setup.archive};
  descriptors.insert(descriptors.end(), setup.folders.begin(), setup.folders.end());
  UnpackWorker unpack(FO_TRY(Worker::start(name, arguments, descriptors)));
  const auto first = FO_TRY(unpack.receive(context));
  if (first.kind != FrameKind::part) return nonsense("something before it is confined");
  FO_TRY(with_json(first, [&](const json& told) -> Result<void> {
    context.note(setup.confinement_at, told.at("confined").get<std::string>());
    return {};
  }));
  if (setup.password != nullptr) FO_TRY(unpack.worker_->send(*setup.password, context));
  return unpack;
}

Result<Worker::Frame> UnpackWorker::receive(const Context& context) {
  auto frame = worker_->receive(longest_silence, context);
  // An end that it did not announce is no reason to try again: what it was given ended it.
  if (!frame && frame.error().kind == ErrorKind::unreachable) return fail(ErrorKind::io, frame.error().message);
  if (!frame) return frame;
  if (frame->kind == FrameKind::error) return std::unexpected(worker_error(name, frame->text()));
  return frame;
}

Result<ArchiveListing> UnpackWorker::list(const ArchiveLimits& limits, const OnBytes& on_bytes,
                                          const Context& context) {
  const json request{{"do", "list"},
                     {"max_size", limits.max_size},
                     {"max_files", limits.max_files},
                     {"max_ratio", limits.max_ratio},
                     {"symlinks", limits.symlinks},
                     {"encrypted", limits.encrypted}};
  FO_TRY(worker_->send(FrameKind::request, request.dump(), context));
  ArchiveListing listing;
  while (true) {
    const auto frame = FO_TRY(receive(context));
    if (frame.kind == FrameKind::part) {
      FO_TRY(told_bytes(frame, on_bytes));
    } else if (frame.kind == FrameKind::data) {
      for (auto bytes = frame.text(); !bytes.empty();) {
        if (listing.entries.size() == limits.max_files) return nonsense("more entries than there may be");
        listing.entries.push_back(FO_TRY(take_entry(bytes)));
      }
    } else if (frame.kind == FrameKind::answer) {
      FO_TRY(with_json(frame, [&](const json& told) -> Result<void> {
        const auto format = told.at("format").get<int>();
        if (format < 0 || format > static_cast<int>(ArchiveFormat::encrypted_zip)) return nonsense("no known format");
        listing.format = static_cast<ArchiveFormat>(format);
        return {};
      }));
      return listing;
    } else {
      return nonsense("a frame of the wrong kind");
    }
  }
}

Result<void> UnpackWorker::ask(std::string_view what, ArchiveFormat format, const std::vector<std::string>& jobs,
                               const Context& context) {
  for (const auto& portion : jobs) FO_TRY(worker_->send(FrameKind::data, portion, context));
  const json request{{"do", what}, {"format", static_cast<int>(format)}};
  return worker_->send(FrameKind::request, request.dump(), context);
}

Result<void> UnpackWorker::unpack(ArchiveFormat format, const std::vector<std::string>& jobs, const OnBytes& on_bytes,
                                  const Context& context) {
  FO_TRY(ask("unpack", format, jobs, context));
  while (true) {
    const auto frame = FO_TRY(receive(context));
    if (frame.kind == FrameKind::answer) return {};
    if (frame.kind != FrameKind::part) return nonsense("a frame of the wrong kind");
    FO_TRY(told_bytes(frame, on_bytes));
  }
}

Result<BackupContents> UnpackWorker::inspect(ArchiveFormat format, const std::vector<std::string>& jobs,
                                             const OnBytes& on_bytes, const Context& context) {
  FO_TRY(ask("inspect", format, jobs, context));
  std::string record;
  while (true) {
    const auto frame = FO_TRY(receive(context));
    if (frame.kind == FrameKind::answer) return parse_contents(record);
    if (frame.kind == FrameKind::part) {
      FO_TRY(told_bytes(frame, on_bytes));
    } else if (frame.kind != FrameKind::data || frame.body.size() > longest_record - record.size()) {
      return nonsense("more than can be said of a backup");
    } else {
      record += frame.text();
    }
  }
}

}  // namespace failover
