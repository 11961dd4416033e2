/* SPDX-License-Identifier: MIT */
/*
 * A trace of what interrupts did, and of exits to the VMM: a listener of the
 * event tap that writes a line each, "cycle vcpu what [intid]", to be compared
 * with another run's (docs/clock.md). Lines are written at once, so that the
 * file is whole however the VMM ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/held-fd.h"
#include "base/host.h"
#include "base/irqchip.h"
#include "base/log.h"
#include "base/out-file.h"
#include "kernel/event.h"
#include "kernel/irq-trace.h"
#include "kernel/system.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

static int handle = -1;

/* Once: a full disk would be told of for each line. */
static void write_failed(int err)
{
	static atomic_flag told = ATOMIC_FLAG_INIT;

	if (!atomic_flag_test_and_set(&told))
		log_error("%s: the interrupt trace is not whole: %s",
			  kernel_clock()->irq_trace, strerror(err));
}

static void write_line(const char *line, int len)
{
	int saved = errno, fd = held_fd_begin(handle);

	/* O_APPEND: two VMs' lines do not meet. */
	if (fd >= 0 && host_write_quiet(fd, line, len) < 0)
		write_failed(errno);
	held_fd_end(handle);
	errno = saved;
}

static void trace_step(const struct event *e)
{
	const char *name = irq_step_name(e->irqchip.step);
	char line[96];
	int n;

	if (e->irqchip.intid == IRQ_NONE)
		n = snprintf(line, sizeof(line), "%lu %u %s\n", e->irqchip.when,
			     e->irqchip.vcpu, name);
	else
		n = snprintf(line, sizeof(line), "%lu %u %s %u\n",
			     e->irqchip.when, e->irqchip.vcpu, name,
			     e->irqchip.intid);
	write_line(line, n);
}

static void trace_exit(const struct event *e)
{
	struct vcpu *vcpu = e->exit.vcpu;
	char line[96];
	int n;

	if (e->exit.result)
		return;
	n = snprintf(line, sizeof(line), "%lu %u exit %s\n",
		     clock_now(&vcpu->vm->clock), vcpu->index,
		     exit_name(vcpu->run));
	write_line(line, n);
}

static void trace_event(struct event_listener *listener, struct event *e)
{
	if (e->kind == EVENT_IRQCHIP_STEP)
		trace_step(e);
	else if (e->kind == EVENT_EXIT)
		trace_exit(e);
}

static struct event_listener listener = {.event = trace_event};

static void trace_start(void)
{
	const char *path = kernel_clock()->irq_trace;
	int saved = errno;

	if (!path)
		return;
	handle = held_fd_take(out_file_open(path, O_TRUNC | O_APPEND));
	if (handle < 0)
		log_error("the interrupt trace %s: %s", path,
			  strerror(-handle));
	else
		event_listen(&listener);
	errno = saved;
}

void irq_trace_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, trace_start);
}
