#include "workers/syscall_filter.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <failover/error.hpp>

#include "core/system_error.hpp"

namespace failover {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_X86_64;
constexpr std::uint32_t foreign_calls = 0x40000000;  ///< the x32 ABI's numbers begin here
#elif defined(__aarch64__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t foreign_calls = 0xFFFFFFFF;
#else
#error "say which architecture the filter is for"
#endif

constexpr std::array allowed{
    SYS_read,
    SYS_write,
    SYS_writev,
    SYS_pread64,
    SYS_lseek,
    SYS_close,
    SYS_fstat,
    SYS_openat2,
    SYS_unlinkat,
    SYS_utimensat,
    SYS_fadvise64,
    SYS_readahead,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_futex,
    SYS_ppoll,
    SYS_exit,
    SYS_exit_group,
    SYS_rt_sigreturn,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_clock_gettime,
    SYS_gettimeofday,
    SYS_getpid,
    SYS_gettid,
    SYS_getrandom,
    SYS_sched_yield,
    SYS_restart_syscall,
    SYS_sched_getaffinity,
#ifdef SYS_poll
    SYS_poll,
#endif
#ifdef SYS_newfstatat
    SYS_newfstatat,
#endif
#ifdef SYS_time
    SYS_time,
#endif
};

/// What nothing here ever calls: whoever does is no longer our program.
constexpr std::array deadly{
    SYS_execve, SYS_execveat,    SYS_socket,       SYS_socketpair,        SYS_connect,
    SYS_bind,   SYS_ptrace,      SYS_mount,        SYS_umount2,           SYS_pivot_root,
    SYS_chroot, SYS_unshare,     SYS_setns,        SYS_process_vm_readv,  SYS_process_vm_writev,
    SYS_bpf,    SYS_init_module, SYS_finit_module, SYS_kexec_load,        SYS_io_uring_setup,
    SYS_kill,   SYS_tkill,       SYS_pidfd_open,   SYS_pidfd_send_signal, SYS_open_by_handle_at,
    SYS_linkat, SYS_symlinkat,   SYS_renameat2,    SYS_mknodat,           SYS_keyctl,
};

constexpr sock_filter load(std::uint32_t offset) noexcept {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset);
}
constexpr sock_filter answer(std::uint32_t action) noexcept {
  return BPF_STMT(BPF_RET | BPF_K, action);
}
constexpr sock_filter skip_unless(std::uint32_t value) noexcept {
  return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
}

std::vector<sock_filter> program() {
  constexpr std::uint32_t argument_3 = offsetof(seccomp_data, args) + 2 * sizeof(std::uint64_t);
  std::vector<sock_filter> lines{load(offsetof(seccomp_data, arch)),
                                 BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, own_architecture, 1, 0),
                                 answer(SECCOMP_RET_KILL_PROCESS),
                                 load(offsetof(seccomp_data, nr)),
                                 BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, foreign_calls, 0, 1),
                                 answer(SECCOMP_RET_KILL_PROCESS)};
  for (const auto call : allowed) {
    lines.push_back(skip_unless(static_cast<std::uint32_t>(call)));
    lines.push_back(answer(SECCOMP_RET_ALLOW));
  }
  for (const auto call : deadly) {
    lines.push_back(skip_unless(static_cast<std::uint32_t>(call)));
    lines.push_back(answer(SECCOMP_RET_KILL_PROCESS));
  }
  // Memory for data, never for code: whatever else comes here fails below.
  constexpr std::uint8_t lines_for_memory = 3;
  lines.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 1, 0));
  lines.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, lines_for_memory));
  lines.push_back(load(argument_3));
  lines.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0));
  lines.push_back(answer(SECCOMP_RET_ALLOW));
  lines.push_back(answer(SECCOMP_RET_ERRNO | EPERM));
  return lines;
}

}  // namespace

Result<bool> confine_calls() {
  const auto lines = program();
  const sock_fprog filter{static_cast<unsigned short>(lines.size()), const_cast<sock_filter*>(lines.data())};
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) == 0) return true;
  if (errno == ENOSYS || errno == EINVAL) return false;
  return fail_errno("cannot enter a filter of system calls");
}

}  // namespace failover
