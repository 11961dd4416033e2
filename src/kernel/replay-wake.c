/* SPDX-License-Identifier: MIT */
/*
 * Wakes in a replay (wake.h): they are told at their points, and before the VM
 * first runs as often as they were then.
 *
 * A descriptor is ready again and again until the VMM has read it, and one more
 * often than recorded may be none of the VM's business. So a wake that is not
 * recorded is no divergence: it waits, at most until the recording is over.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/host.h"
#include "base/log.h"
#include "kernel/replay.h"
#include "kernel/vm.h"
#include "kernel/wake.h"

/* ---- their numbers -------------------------------------------------------- */

int replay_recorded_fd(const struct replay *r, int fd)
{
	for (size_t i = 0; i < r->nr_renumbered; i++)
		if (r->renumbered[i].here == fd)
			return r->renumbered[i].recorded;
	return fd;
}

static bool is_recorded(const struct replay *r, int fd)
{
	uint64_t n;
	long bytes;
	int of;

	for (size_t i = 0; i < r->file.nr; i++) {
		const struct record_entry *e = &r->file.entries[i];
		bool is = false;

		if (e->kind == RECORD_WAKE || e->kind == RECORD_BEFORE)
			is = record_wake_read(e->what, &of, &n);
		else if (e->kind == RECORD_READ)
			is = record_read_read(e->what, &of, &bytes);
		if (is && of == fd)
			return true;
	}
	return false;
}

/* Is it what others can make ready? */
static bool can_wake(int fd)
{
	struct stat st;

	if (host_raw(SYS_fstat, fd, &st))
		return false;
	return S_ISSOCK(st.st_mode) || S_ISFIFO(st.st_mode) ||
	       S_ISCHR(st.st_mode);
}

/*
 * Is @fd what @recorded was then? Where two threads of the VMM open descriptors at
 * the same time (QEMU connects to its -netdev stream in one of its own) each may
 * get the other's number. So it is, if the recording has no @fd and
 * here @recorded is nothing that could wake anybody.
 */
static bool is_fd(struct replay *r, int fd, int recorded)
{
	struct renumbered *more;

	if (replay_recorded_fd(r, fd) != fd || fd == recorded)
		return replay_recorded_fd(r, fd) == recorded;
	for (size_t i = 0; i < r->nr_renumbered; i++)
		if (r->renumbered[i].recorded == recorded)
			return false;
	if (can_wake(recorded) || is_recorded(r, fd))
		return false;
	more = realloc(r->renumbered, (r->nr_renumbered + 1) * sizeof(*more));
	if (!more)
		return false;
	r->renumbered = more;
	more[r->nr_renumbered++] = (struct renumbered){fd, recorded};
	log_info("replay: descriptor %d is the recording's %d", fd, recorded);
	return true;
}

/* ---- wakes ---------------------------------------------------------------- */

/* One that came before the VM ran. */
static bool is_early(struct replay *r, int fd)
{
	for (size_t i = 0; i < r->nr_early; i++)
		if (r->early[i].times && is_fd(r, fd, r->early[i].fd))
			return true;
	return false;
}

void replay_early_entered(struct replay *r, int fd)
{
	for (size_t i = 0; i < r->nr_early; i++)
		if (r->early[i].fd == fd && r->early[i].times) {
			r->early[i].times--;
			return;
		}
}

/* It comes again and again until it is told, and may never be. */
bool replay_wake_enters(struct replay *r, struct input *input)
{
	const struct record_entry *e = replay_next_input(r);
	uint64_t events;
	int fd;

	input->wake.early = is_early(r, input->wake.fd);
	if (input->wake.early)
		return true;
	if (!e) {
		replay_tell_end(r, &input->at);
		return true;
	}
	if (e->kind != RECORD_WAKE || !input_point_equal(&e->at, &input->at) ||
	    !record_wake_read(e->what, &fd, &events) ||
	    !is_fd(r, input->wake.fd, fd) || events & ~input->wake.events)
		return false;
	input->wake.events = events;
	return true;
}

/* What woke the VMM before the VM first ran does so before it goes on. It may
 * be less often: commands that came one by one then can come together. */
bool replay_awaits_early(struct replay *r)
{
	size_t i = 0;

	while (i < r->nr_early && !r->early[i].times)
		i++;
	if (i < r->nr_early &&
	    replay_ms() - r->since < kernel_clock()->idle_wait_ms)
		return true;
	if (i < r->nr_early)
		log_info("replay: descriptor %d did not wake the VMM before "
			 "the VM ran as often as recorded",
			 r->early[i].fd);
	r->nr_early = 0;
	return false;
}

/* ---- before the VM runs ---------------------------------------------------- */

/* What woke the VMM before, of the process's first VM that runs. */
static struct {
	struct early *of;
	size_t nr;
} before;

bool replay_before_load(const struct record_file *f)
{
	for (size_t i = 0; i < f->nr; i++) {
		struct early *more;

		if (f->entries[i].kind != RECORD_BEFORE)
			continue;
		more = realloc(before.of, (before.nr + 1) * sizeof(*more));
		if (!more)
			return false;
		before.of = more;
		more += before.nr++;
		record_wake_read(f->entries[i].what, &more->fd, &more->times);
	}
	return true;
}

bool replay_early(struct input_hook *hook, int fd, uint64_t times)
{
	for (size_t i = 0; i < before.nr; i++)
		if (before.of[i].fd == fd)
			return times < before.of[i].times;
	return false;
}

static void early_came(void *ctx, int fd, uint64_t times)
{
	struct replay *r = ctx;

	for (size_t i = 0; i < r->nr_early; i++)
		if (r->early[i].fd == fd)
			r->early[i].times -= times < r->early[i].times
						     ? times
						     : r->early[i].times;
}

/* turns->lock held. */
void replay_early_begin(struct replay *r)
{
	r->early = before.of;
	r->nr_early = before.nr;
	r->since = replay_ms();
	wakes_start(early_came, r);
	before.nr = 0;
}

/* ---- what the VMM reads then ------------------------------------------------ */

/* Of @fd, in their order. NULL: no memory. */
static struct reads *reads_of(struct replay *r, int fd)
{
	struct reads *more;

	for (size_t i = 0; i < r->nr_reads; i++)
		if (r->reads[i].fd == fd)
			return &r->reads[i];
	more = realloc(r->reads, (r->nr_reads + 1) * sizeof(*more));
	if (!more)
		return NULL;
	r->reads = more;
	more += r->nr_reads++;
	*more = (struct reads){.fd = fd};
	return more;
}

/* The line of the next one, NULL: there is none. */
static const struct record_entry *next_read(struct replay *r, int fd, long *n)
{
	struct reads *reads = reads_of(r, fd);
	int of;

	for (; reads && reads->next < r->file.nr; reads->next++) {
		const struct record_entry *e = &r->file.entries[reads->next];

		if (e->kind == RECORD_READ &&
		    record_read_read(e->what, &of, n) && of == fd)
			return e;
	}
	return NULL;
}

void replay_was_read(struct input_hook *hook, struct vm *vm,
		     const struct input_point *at, int fd, long ret)
{
	struct replay *r = replay_begin(vm);
	const struct record_entry *e;
	char what[64];
	long n;

	if (!r)
		return;
	fd = replay_recorded_fd(r, fd);
	e = ret == -EINTR ? NULL : next_read(r, fd, &n);
	record_read_what(fd, ret, what, sizeof(what));
	if (e && n == ret)
		reads_of(r, fd)->next++;
	else if (e)
		replay_diverge_line(r, vm, e, RECORD_READ, at, what);
	replay_end(r);
}

bool replay_will_read(struct input_hook *hook, struct vm *vm,
		      const struct input_point *at, int fd, bool late, long *n)
{
	struct replay *r = replay_begin(vm);
	const struct record_entry *e;

	if (!r)
		return false;
	e = next_read(r, replay_recorded_fd(r, fd), n);
	if (e && late)
		replay_diverge(r, vm, e, at, "there is not so much to read");
	replay_end(r);
	return e;
}
