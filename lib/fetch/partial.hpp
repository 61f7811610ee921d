#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <failover/context.hpp>
#include <failover/error.hpp>
#include <failover/source.hpp>

#include "fetch/part_map.hpp"

namespace failover {

/// The download that is under way in a folder: a hidden file with holes, beside it a note of which object its bytes are
/// and a map of which of them are there. It outlives the run, so that the next one goes on; it is never mistaken for a
/// backup. One per folder, under the folder's lock. Several threads may write to it through a PartWriter each.
class Partial {
 public:
  /// Goes on with what is there if it is of this very object and still has its checksums, else begins anew.
  static Result<Partial> open(const std::filesystem::path& folder, const std::string& source, const ObjectInfo& object,
                              const Context& context);
  /// How many bytes a run would find, unchecked; changes nothing.
  static std::uint64_t left_over(const std::filesystem::path& folder, const std::string& source,
                                 const ObjectInfo& object);
  /// Removes it, its map and its note.
  static Result<void> discard(const std::filesystem::path& folder);

  /// Removes map and note when there is nothing that they could speak of: what a crash after publish() began leaves.
  static Result<void> sweep(const std::filesystem::path& folder);

  Partial(Partial&&) noexcept;
  ~Partial();

  [[nodiscard]] const std::filesystem::path& path() const noexcept;
  [[nodiscard]] int fd() const noexcept;
  /// Of the object.
  [[nodiscard]] std::uint64_t size() const noexcept;
  struct Front {
    std::uint64_t bytes = 0;      ///< there from the beginning on, without a gap
    std::uint64_t forgotten = 0;  ///< how often bytes that were there ceased to count
  };
  [[nodiscard]] Front front() const;
  /// Bytes that are there.
  [[nodiscard]] std::uint64_t present() const;
  /// What is not there yet, of all or of one range.
  [[nodiscard]] std::vector<ByteRange> missing() const;
  [[nodiscard]] std::vector<ByteRange> missing_from(const ByteRange& range) const;
  /// How many of them came from a backup that was here.
  [[nodiscard]] std::uint64_t copied() const;

  /// These bytes count as not there any more. Not while a PartWriter is at work.
  Result<void> forget(std::span<const ByteRange> ranges);
  /// Everything that was copied counts as not there any more.
  Result<void> forget_copied();
  Result<void> restart();
  /// Everything is on the disk afterwards, but for what the file system notes of the file: that is sync()'s.
  Result<void> write_out(const Context& context);
  Result<void> sync();
  /// Durably gives it its name; map and note go.
  Result<void> publish(const std::filesystem::path& as);

 private:
  friend class PartWriter;
  struct State;
  explicit Partial(std::unique_ptr<State> state) noexcept;
  Result<void> rewrite_map();
  std::unique_ptr<State> state_;
};

/// One thread's hand in a partial file. What was written counts as there once it is flushed, which happens every few
/// megabytes; a write that does not go on where the last one ended flushes first.
class PartWriter {
 public:
  PartWriter(Partial& partial, Origin origin) noexcept : partial_(partial), origin_(origin) {}
  /// Beyond the object's end is an error of kind conflict.
  Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes);
  Result<void> flush();

 private:
  Partial& partial_;
  Origin origin_;
  MapRecord pending_{};
};

}  // namespace failover
