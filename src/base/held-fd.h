/* SPDX-License-Identifier: MIT */
/*
 * Descriptors that the model keeps in somebody else's process. Linux keeps
 * references that have no number; ours have one, in a table that the VMM
 * closes and fills as it likes. So a number is looked at before each use:
 * what was put there is marked with a signal number (F_SETSIG), which no file
 * of the VMM has and which means nothing to a file that sends no SIGIO. The
 * shim keeps the numbers out of the VMM's calls as far as it sees them.
 *
 * A held descriptor is known by its handle, the number that it had at first.
 * All functions may be called by any thread and in signal handlers, take no
 * lock and leave errno alone.
 */
#ifndef FAUXKVM_BASE_HELD_FD_H
#define FAUXKVM_BASE_HELD_FD_H

#include <stdbool.h>

/* Take over @fd, new and ours alone: its handle. A negative @fd is an error of
 * whoever made it: -errno. */
int held_fd_take(int fd);
/* The same of a duplicate of the VMM's @fd. Should ours be lost and @fd still
 * be the same file, it is duplicated again. */
int held_fd_dup(int fd);
/* It stays held in children that are made by fork(). */
void held_fd_inherit(int handle);
/* Close it, if it is still there. */
void held_fd_close(int handle);

/*
 * Around each use of a held descriptor: its number, -1: the VMM closed it.
 * Until held_fd_end() no call that the shim sees makes the number another
 * file.
 */
int held_fd_begin(int handle);
void held_fd_end(int handle);

/* The number without a look whether the VMM closed it: for calls that do no
 * harm to another file. -1: known to be closed. */
int held_fd_number(int handle);

/* ---- for the shim -------------------------------------------------------- */

/* Said once, early: no call that closes a descriptor passes by unseen. Then
 * marks need no look, which is a system call. */
void held_fd_all_seen(void);
/* Is the number @fd one that we hold? Cheap. */
bool held_fd_is(int fd);
/* The lowest number from @first to @last that we hold, -1: none. */
int held_fd_next(unsigned int first, unsigned int last);
/* The VMM wants to put something on a number: keep ours elsewhere. False:
 * there is no room, or somebody uses it right now and does not come back. */
bool held_fd_leave(int fd);

/* In the child of fork(): it has no use for the copies but those that
 * held_fd_inherit() was said of. */
void held_fd_forked_child(void);

#endif
