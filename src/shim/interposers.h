/* SPDX-License-Identifier: MIT */
/*
 * The one table of interposed libc functions. Each row becomes an exported
 * function of that name (interpose.c); nothing else is exported, and nothing
 * inside our libraries may call these names (tests/check/check-symbols).
 *
 * BOTH rows are in the native shim and in the arm64 thunk. NATIVE rows are
 * only in the shim: under QEMU the bridge sees the system calls themselves. EXEC
 * rows are in the shim and in a library of their own (exec-only.c).
 *
 * Row: return type, name, parameters, expression. The expression's value is a
 * result or -errno; the generated function turns the latter into errno and
 * -1. Variadic functions are written with fixed parameters: on x86-64 and
 * arm64 Linux both are passed alike for integers and pointers.
 */
#ifndef FAUXKVM_SHIM_INTERPOSERS_H
#define FAUXKVM_SHIM_INTERPOSERS_H

/* clang-format off */
#define INTERPOSERS_BOTH(X) \
	X(int, open,	    (const char *path, int flags, unsigned int mode), \
	  vmm_open(AT_FDCWD, path, flags, mode)) \
	X(int, open64,	    (const char *path, int flags, unsigned int mode), \
	  vmm_open(AT_FDCWD, path, flags | O_LARGEFILE, mode)) \
	X(int, openat,	    (int dir, const char *path, int flags, unsigned int mode), \
	  vmm_open(dir, path, flags, mode)) \
	X(int, openat64,    (int dir, const char *path, int flags, unsigned int mode), \
	  vmm_open(dir, path, flags | O_LARGEFILE, mode)) \
	X(int, __open_2,    (const char *path, int flags), \
	  vmm_open(AT_FDCWD, path, flags, 0)) \
	X(int, __open64_2,  (const char *path, int flags), \
	  vmm_open(AT_FDCWD, path, flags | O_LARGEFILE, 0)) \
	X(int, __openat_2,  (int dir, const char *path, int flags), \
	  vmm_open(dir, path, flags, 0)) \
	X(int, __openat64_2, (int dir, const char *path, int flags), \
	  vmm_open(dir, path, flags | O_LARGEFILE, 0)) \
	X(int, creat,	    (const char *path, unsigned int mode), \
	  vmm_open(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode)) \
	X(int, creat64,	    (const char *path, unsigned int mode), \
	  vmm_open(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC | O_LARGEFILE, mode)) \
	X(int, access,	    (const char *path, int mode), \
	  vmm_access(AT_FDCWD, path, mode, 0)) \
	X(int, faccessat,   (int dir, const char *path, int mode, int flags), \
	  vmm_access(dir, path, mode, flags)) \
	X(int, eaccess,	    (const char *path, int mode), \
	  vmm_access(AT_FDCWD, path, mode, AT_EACCESS)) \
	X(int, euidaccess,  (const char *path, int mode), \
	  vmm_access(AT_FDCWD, path, mode, AT_EACCESS)) \
	X(int, stat,	    (const char *path, struct stat *st), \
	  vmm_stat(AT_FDCWD, path, st, 0)) \
	X(int, stat64,	    (const char *path, struct stat *st), \
	  vmm_stat(AT_FDCWD, path, st, 0)) \
	X(int, lstat,	    (const char *path, struct stat *st), \
	  vmm_stat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW)) \
	X(int, lstat64,	    (const char *path, struct stat *st), \
	  vmm_stat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW)) \
	X(int, fstat,	    (int fd, struct stat *st),		vmm_fstat(fd, st)) \
	X(int, fstat64,	    (int fd, struct stat *st),		vmm_fstat(fd, st)) \
	X(int, fstatat,	    (int dir, const char *path, struct stat *st, int flags), \
	  vmm_stat(dir, path, st, flags)) \
	X(int, fstatat64,   (int dir, const char *path, struct stat *st, int flags), \
	  vmm_stat(dir, path, st, flags)) \
	X(int, statx,	    (int dir, const char *path, int flags, unsigned int mask, struct statx *st), \
	  vmm_statx(dir, path, flags, mask, st)) \
	X(int, __xstat,	    (int ver, const char *path, struct stat *st), \
	  vmm_stat(AT_FDCWD, path, st, 0)) \
	X(int, __xstat64,   (int ver, const char *path, struct stat *st), \
	  vmm_stat(AT_FDCWD, path, st, 0)) \
	X(int, __lxstat,    (int ver, const char *path, struct stat *st), \
	  vmm_stat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW)) \
	X(int, __lxstat64,  (int ver, const char *path, struct stat *st), \
	  vmm_stat(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW)) \
	X(int, __fxstat,    (int ver, int fd, struct stat *st),	vmm_fstat(fd, st)) \
	X(int, __fxstat64,  (int ver, int fd, struct stat *st),	vmm_fstat(fd, st)) \
	X(int, __fxstatat,  (int ver, int dir, const char *path, struct stat *st, int flags), \
	  vmm_stat(dir, path, st, flags)) \
	X(int, __fxstatat64, (int ver, int dir, const char *path, struct stat *st, int flags), \
	  vmm_stat(dir, path, st, flags)) \
	X(ssize_t, readlink, (const char *path, char *buf, size_t size), \
	  vmm_readlink(AT_FDCWD, path, buf, size)) \
	X(ssize_t, readlinkat, (int dir, const char *path, char *buf, size_t size), \
	  vmm_readlink(dir, path, buf, size)) \
	X(ssize_t, __readlink_chk, (const char *path, char *buf, size_t size, size_t max), \
	  vmm_readlink(AT_FDCWD, path, buf, size)) \
	X(ssize_t, __readlinkat_chk, (int dir, const char *path, char *buf, size_t size, size_t max), \
	  vmm_readlink(dir, path, buf, size)) \
	X(int, ftruncate,   (int fd, off_t len),		vmm_ftruncate(fd, len)) \
	X(int, ftruncate64, (int fd, off_t len),		vmm_ftruncate(fd, len)) \
	X(int, fallocate,   (int fd, int mode, off_t off, off_t len), \
	  vmm_fallocate(fd, mode, off, len)) \
	X(int, fallocate64, (int fd, int mode, off_t off, off_t len), \
	  vmm_fallocate(fd, mode, off, len)) \
	X(int, fsync,	    (int fd),				vmm_fsync(fd, SYS_fsync)) \
	X(int, fdatasync,   (int fd),				vmm_fsync(fd, SYS_fdatasync)) \
	X(int, isatty,	    (int fd),				vmm_isatty(fd)) \
	X(int, ioctl,	    (int fd, unsigned long cmd, unsigned long arg), \
	  vmm_ioctl(fd, cmd, arg)) \
	X(long, syscall,    (long nr, long a, long b, long c, long d, long e, long f), \
	  vmm_syscall(nr, a, b, c, d, e, f))

#define INTERPOSERS_NATIVE(X) \
	X(void *, fopen,    (const char *path, const char *mode), \
	  vmm_fopen(path, mode)) \
	X(void *, fopen64,  (const char *path, const char *mode), \
	  vmm_fopen64(path, mode)) \
	X(ssize_t, read,    (int fd, void *buf, size_t len),	vmm_read(fd, buf, len)) \
	X(ssize_t, __read_chk, (int fd, void *buf, size_t len, size_t size), \
	  vmm_read_chk(fd, buf, len, size)) \
	X(ssize_t, write,   (int fd, const void *buf, size_t len), \
	  vmm_write(fd, buf, len)) \
	X(off_t, lseek,	    (int fd, off_t off, int whence),	vmm_lseek(fd, off, whence)) \
	X(off_t, lseek64,   (int fd, off_t off, int whence),	vmm_lseek(fd, off, whence)) \
	X(int, fcntl,	    (int fd, int cmd, unsigned long arg), vmm_fcntl(fd, cmd, arg)) \
	X(int, fcntl64,	    (int fd, int cmd, unsigned long arg), vmm_fcntl(fd, cmd, arg)) \
	X(int, eventfd_read, (int fd, uint64_t *value),		vmm_eventfd_read(fd, value)) \
	X(int, eventfd_write, (int fd, uint64_t value),		vmm_eventfd_write(fd, value)) \
	X(int, close,	    (int fd),				vmm_close(fd)) \
	X(int, close_range, (unsigned int first, unsigned int last, int flags), \
	  vmm_close_range(first, last, flags)) \
	X(void, closefrom,  (int first),			vmm_closefrom(first)) \
	X(int, dup2,	    (int from, int to),			vmm_dup2(from, to)) \
	X(int, dup3,	    (int from, int to, int flags),	vmm_dup3(from, to, flags)) \
	X(void *, mmap,	    (void *addr, size_t len, int prot, int flags, int fd, off_t off), \
	  vmm_mmap(addr, len, prot, flags, fd, off)) \
	X(void *, mmap64,   (void *addr, size_t len, int prot, int flags, int fd, off_t off), \
	  vmm_mmap(addr, len, prot, flags, fd, off)) \
	X(int, munmap,	    (void *addr, size_t len),		vmm_munmap(addr, len)) \
	X(int, mprotect,    (void *addr, size_t len, int prot),	vmm_mprotect(addr, len, prot)) \
	X(int, pkey_mprotect, (void *addr, size_t len, int prot, int key), \
	  vmm_pkey_mprotect(addr, len, prot, key)) \
	X(int, madvise,	    (void *addr, size_t len, int advice), vmm_madvise(addr, len, advice)) \
	X(void *, mremap,   (void *addr, size_t len, size_t newlen, int flags, void *to), \
	  vmm_mremap(addr, len, newlen, flags, to)) \
	X(void *, shmat,    (int id, const void *addr, int flags), vmm_shmat(id, addr, flags)) \
	X(int, shmdt,	    (const void *addr),			vmm_shmdt(addr)) \
	X(int, sigaction,   (int sig, const struct sigaction *act, struct sigaction *old), \
	  sig_action(sig, act, old)) \
	X(void *, signal,   (int sig, void *handler), \
	  vmm_signal(sig, handler, SA_RESTART)) \
	X(void *, bsd_signal, (int sig, void *handler), \
	  vmm_signal(sig, handler, SA_RESTART)) \
	X(void *, ssignal,  (int sig, void *handler), \
	  vmm_signal(sig, handler, SA_RESTART)) \
	X(void *, sysv_signal, (int sig, void *handler), \
	  vmm_signal(sig, handler, (int)SA_RESETHAND | SA_NODEFER)) \
	X(void *, __sysv_signal, (int sig, void *handler), \
	  vmm_signal(sig, handler, (int)SA_RESETHAND | SA_NODEFER)) \
	X(void *, sigset,   (int sig, void *handler),		vmm_sigset(sig, handler)) \
	X(int, sigignore,   (int sig),				vmm_sigignore(sig)) \
	X(int, siginterrupt, (int sig, int on),			vmm_siginterrupt(sig, on)) \
	X(int, pthread_cancel, (pthread_t thread),		vmm_cancel(thread))

#define EXEC_LIST(kind, path, arg) __extension__({ \
	va_list ap; \
	long ret; \
	va_start(ap, arg); \
	ret = vmm_execl(kind, path, arg, ap); \
	va_end(ap); \
	ret; })

#define INTERPOSERS_EXEC(X) \
	X(int, execve,	    (const char *path, char *const *argv, char *const *env), \
	  vmm_execve(path, argv, env)) \
	X(int, execv,	    (const char *path, char *const *argv), \
	  vmm_execve(path, argv, environ)) \
	X(int, execvp,	    (const char *file, char *const *argv), \
	  vmm_execvpe(file, argv, environ)) \
	X(int, execvpe,	    (const char *file, char *const *argv, char *const *env), \
	  vmm_execvpe(file, argv, env)) \
	X(int, execl,	    (const char *path, const char *arg, ...), \
	  EXEC_LIST(EXECL, path, arg)) \
	X(int, execle,	    (const char *path, const char *arg, ...), \
	  EXEC_LIST(EXECLE, path, arg)) \
	X(int, execlp,	    (const char *file, const char *arg, ...), \
	  EXEC_LIST(EXECLP, file, arg)) \
	X(int, fexecve,	    (int fd, char *const *argv, char *const *env), \
	  vmm_fexecve(fd, argv, env)) \
	X(int, execveat,    (int dir, const char *path, char *const *argv, char *const *env, int flags), \
	  vmm_execveat(dir, path, argv, env, flags)) \
	X(int, posix_spawn, (pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, \
			     const posix_spawnattr_t *attr, char *const *argv, char *const *env), \
	  vmm_spawn(false, pid, path, actions, attr, argv, env)) \
	X(int, posix_spawnp, (pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions, \
			      const posix_spawnattr_t *attr, char *const *argv, char *const *env), \
	  vmm_spawn(true, pid, file, actions, attr, argv, env))
/* clang-format on */

#endif
