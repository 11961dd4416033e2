/* SPDX-License-Identifier: MIT */
/*
 * gdb's remote protocol, see gdb.h: a socket and its packets ("Remote Protocol" in
 * gdb's manual). All of it is done by one host thread, but for what says that
 * the process ends.
 *
 * A packet that is not known is answered by an empty one, as the manual asks.
 */
#include "user/gdb.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/held-fd.h"
#include "base/host.h"
#include "base/log.h"
#include "base/types.h"
#include "user/gdb-wire.h"
#include "user/memory.h"
#include "user/pe.h"
#include "user/proc-text.h"
#include "user/signal.h"
#include "user/thread.h"

#define HOST_STACK (512 << 10)

static struct {
	int listens, memory; /* handles */
	bool running;        /* the program */
	int shown;           /* g and G: of this thread */
	char packet[GDB_PACKET_MAX + 1];
	char reply[2 * GDB_PACKET_MAX + 64];
	size_t binary; /* so long, with zeros in it */
	bool replied;
} g;

/* ---- threads ------------------------------------------------------------- */

struct search {
	int tid; /* 0: any */
	struct user_thread *found;
};

static void match(struct user_thread *t, void *arg)
{
	struct search *s = arg;

	if (!s->tid || t->tid == s->tid)
		s->found = t;
}

/* NULL: none. It stays, as long as all are stopped. */
static struct user_thread *thread_by(int tid)
{
	struct search s = {.tid = tid};

	threads_lock();
	threads_each(match, &s);
	threads_unlock();
	return s.found;
}

static struct user_thread *shown(void)
{
	struct user_thread *t = thread_by(g.shown);

	return t ? t : thread_by(0);
}

static void reply_stop(int tid, int sig)
{
	g.shown = tid;
	snprintf(g.reply, sizeof(g.reply), "T%02xthread:%x;",
		 (unsigned int)gdb_signal_to(sig), (unsigned int)tid);
}

static void add_number(struct user_thread *t, void *arg)
{
	char **at = arg;

	if ((size_t)(*at - g.reply) < GDB_PACKET_MAX - 16)
		*at += sprintf(*at, "%c%x", *at == g.reply ? 'm' : ',',
			       (unsigned int)t->tid);
}

static void list_threads(void)
{
	char *at = g.reply;

	threads_lock();
	threads_each(add_number, &at);
	threads_unlock();
}

/* ---- registers and memory ------------------------------------------------ */

static void put_registers(const struct cpu *cpu)
{
	char *at = g.reply;
	uint8_t val[16];

	for (unsigned int n = 0; n < GDB_NR_REGS; n++)
		at = wire_hex(at, val, gdb_reg_get(cpu, n, val));
}

static void set_registers(struct cpu *cpu, const char *from)
{
	uint8_t val[16];

	for (unsigned int n = 0; n < GDB_NR_REGS; n++) {
		size_t size = gdb_reg_get(cpu, n, val);

		if (wire_unhex(val, from, size) != size)
			break;
		gdb_reg_set(cpu, n, val);
		from += 2 * size;
	}
	strcpy(g.reply, "OK");
}

static void one_register(struct cpu *cpu, const char *at, bool set)
{
	uint8_t val[16] = {0};
	uint64_t n = wire_number(&at);

	if (n >= GDB_NR_REGS) {
		strcpy(g.reply, "E01");
	} else if (!set) {
		wire_hex(g.reply, val, gdb_reg_get(cpu, (unsigned int)n, val));
	} else {
		wire_unhex(val, at + 1, sizeof(val));
		gdb_reg_set(cpu, (unsigned int)n, val);
		strcpy(g.reply, "OK");
	}
}

/* Of the program's alone, and whatever its protection. */
static size_t memory_do(uint64_t va, uint8_t *buf, size_t len, bool write)
{
	size_t done = 0;

	while (done < len && memory_mapped(va + done)) {
		size_t n = min_u64(len - done, 4096 - (va + done) % 4096);
		long ret = host_raw(write ? SYS_pwrite64 : SYS_pread64,
				    held_fd_number(g.memory), buf + done, n,
				    va + done);

		if (ret <= 0)
			break;
		done += (size_t)ret;
	}
	if (write && done)
		pe_code_gone(va, va + done);
	return done;
}

static void do_memory(const char *at, bool write)
{
	static uint8_t buf[GDB_PACKET_MAX / 2];
	uint64_t va = wire_number(&at), len;
	size_t n;

	at += *at == ',';
	len = min_u64(wire_number(&at), sizeof(buf));
	if (!write) {
		n = memory_do(va, buf, len, false);
		wire_hex(g.reply, buf, n);
		if (len && !n)
			strcpy(g.reply, "E01");
		return;
	}
	n = wire_unhex(buf, at + (*at == ':'), len);
	strcpy(g.reply, memory_do(va, buf, n, true) == len ? "OK" : "E01");
}

/* Z0 and Z1, z0 and z1: alike to us. */
static void do_break(const char *at, bool set)
{
	uint64_t va;
	int ret;

	if (at[0] != '0' && at[0] != '1')
		return;
	at += 2;
	va = wire_number(&at);
	ret = set ? gdb_break_set(va) : gdb_break_clear(va);
	strcpy(g.reply, ret ? "E01" : "OK");
}

/* ---- questions ----------------------------------------------------------- */

/* @text from the offset on that @range has as "OFFSET,LENGTH". */
static void put_part(const char *text, size_t len, const char *range)
{
	uint64_t offset = wire_number(&range), max;
	char *to = g.reply;

	range += *range == ',';
	max = min_u64(wire_number(&range), GDB_PACKET_MAX / 2);
	if (offset > len)
		offset = len;
	*to++ = max < len - offset ? 'm' : 'l';
	max = min_u64(max, len - offset);
	for (const char *p = text + offset; p < text + offset + max; p++) {
		if (*p == '#' || *p == '$' || *p == '}' || *p == '*') {
			*to++ = '}';
			*to++ = (char)(*p ^ 0x20);
		} else {
			*to++ = *p;
		}
	}
	g.binary = (size_t)(to - g.reply);
}

/* What is behind @start in the packet, or NULL. */
static const char *behind(const char *start)
{
	size_t n = strlen(start);

	return strncmp(g.packet, start, n) ? NULL : g.packet + n;
}

static void put_auxv(const char *range)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return;
	proc_text_auxv(f);
	if (!fclose(f))
		put_part(text, len, range);
	free(text);
}

static void pass_signals(const char *at)
{
	uint64_t mask = 0;

	while (*at) {
		int sig = gdb_signal_from((int)wire_number(&at));

		if (sig)
			mask |= signal_bit(sig);
		at += *at == ';';
	}
	gdb_pass_signals(mask);
	strcpy(g.reply, "OK");
}

static void do_query(void)
{
	const char *at;

	if (behind("qSupported")) {
		snprintf(g.reply, sizeof(g.reply),
			 "PacketSize=%x;QStartNoAckMode+;vContSupported+;"
			 "qXfer:features:read+;qXfer:auxv:read+;"
			 "QPassSignals+",
			 GDB_PACKET_MAX);
	} else if (behind("QStartNoAckMode")) {
		strcpy(g.reply, "OK");
		g.replied = wire_send(g.reply, 2);
		wire_no_acks();
	} else if ((at = behind("qXfer:features:read:target.xml:"))) {
		put_part(gdb_target_xml, strlen(gdb_target_xml), at);
	} else if ((at = behind("qXfer:auxv:read::"))) {
		put_auxv(at);
	} else if ((at = behind("QPassSignals:"))) {
		pass_signals(at);
	} else if (behind("qfThreadInfo")) {
		list_threads();
	} else if (behind("qsThreadInfo")) {
		strcpy(g.reply, "l");
	} else if (behind("qAttached")) {
		strcpy(g.reply, "1");
	} else if (!strcmp(g.packet, "qC")) {
		snprintf(g.reply, sizeof(g.reply), "QC%x",
			 (unsigned int)shown()->tid);
	}
}

/* ---- going on ------------------------------------------------------------ */

/* Of vCont's actions the first that is for @tid. NULL: none, it stays. */
static const char *action_for(const char *at, int tid)
{
	while (*at == ';') {
		const char *action = ++at;

		at += strcspn(at, ":;");
		if (*at != ':')
			return action;
		at++;
		if (*at == '-' || (int)wire_number(&at) == tid)
			return action;
	}
	return NULL;
}

static void set_action(struct user_thread *t, void *arg)
{
	const char *action = action_for(arg, t->tid), *sig;

	t->gdb.signal = 0;
	if (!action) {
		t->gdb.action = GDB_STAY;
		return;
	}
	sig = action + 1;
	t->gdb.action = (*action | 0x20) == 's' ? GDB_STEP : GDB_GO;
	if (*action == 'C' || *action == 'S')
		t->gdb.signal = gdb_signal_from((int)wire_number(&sig));
}

static void go_on(const char *actions)
{
	threads_lock();
	threads_each(set_action, (void *)actions);
	threads_unlock();
	g.running = true;
	g.replied = true;
	gdb_resume();
}

static void do_vcont(void)
{
	if (!strcmp(g.packet, "vCont?"))
		strcpy(g.reply, "vCont;c;C;s;S");
	else if (behind("vCont;"))
		go_on(g.packet + 5);
}

/* Breakpoints are gone, and it goes on without us. */
static void detach(void)
{
	gdb_break_clear_all();
	gdb_attach(false);
	gdb_resume();
	g.running = true;
}

static void do_thread(const char *at)
{
	const bool shows = *at++ == 'g';

	if (shows)
		g.shown = *at == '-' ? 0 : (int)wire_number(&at);
	strcpy(g.reply, "OK");
}

/* False: that was the last one. */
static bool do_packet(void)
{
	const char *at = g.packet + 1;

	switch (g.packet[0]) {
	case '?': reply_stop(shown()->tid, SIGTRAP); break;
	case 'g': put_registers(shown()->cpu); break;
	case 'G': set_registers(shown()->cpu, at); break;
	case 'p': one_register(shown()->cpu, at, false); break;
	case 'P': one_register(shown()->cpu, at, true); break;
	case 'm': do_memory(at, false); break;
	case 'M': do_memory(at, true); break;
	case 'Z': do_break(at, true); break;
	case 'z': do_break(at, false); break;
	case 'H': do_thread(at); break;
	case 'T':
		strcpy(g.reply,
		       thread_by((int)wire_number(&at)) ? "OK" : "E01");
		break;
	case 'q':
	case 'Q': do_query(); break;
	case 'v': do_vcont(); break;
	case 'c': go_on(";c"); break;
	case 's': go_on(";s"); break;
	case 'k': host_raw(SYS_kill, getpid(), SIGKILL); return false;
	case 'D': wire_send("OK", 2); return false;
	}
	return true;
}

/* ---- serving ------------------------------------------------------------- */

static bool answer(void)
{
	g.reply[0] = '\0';
	g.binary = 0;
	g.replied = false;
	if (!do_packet())
		return false;
	return g.replied ||
	       wire_send(g.reply, g.binary ? g.binary : strlen(g.reply));
}

/* All are stopped, as @tid has been or we want it. */
static bool stopped(int tid, int sig)
{
	gdb_stop_all();
	g.running = false;
	reply_stop(tid, sig);
	return wire_send(g.reply, strlen(g.reply));
}

/* While the program runs: until it stops. False: the connection is gone. */
static bool watch(void)
{
	struct pollfd fds[] = {
		{.fd = wire_fd(), .events = POLLIN},
		{.fd = gdb_event_fd(), .events = POLLIN},
	};
	int tid, sig = 0;

	if (!wire_waiting() && poll(fds, 2, -1) < 0)
		return errno == EINTR;
	tid = gdb_take_event(&sig);
	if (tid)
		return stopped(tid, sig);
	if (!wire_waiting() && !fds[0].revents)
		return true;
	switch (wire_receive(g.packet)) {
	case WIRE_CTRL_C: return stopped(thread_by(0)->tid, SIGINT);
	case '$': return wire_send("E01", 3); /* not while it runs */
	default: return false;
	}
}

static void serve(void)
{
	bool goes_on = true;

	g.running = false;
	g.shown = 0;
	gdb_attach(true);
	gdb_stop_all();
	while (goes_on)
		goes_on = g.running ? watch()
				    : wire_receive(g.packet) == '$' && answer();
	wire_end();
	detach();
}

static void *gdb_main(void *arg)
{
	const int one = 1;

	(void)arg;
	pthread_setname_np(pthread_self(), "gdb");
	for (;;) {
		int fd = accept4(held_fd_number(g.listens), NULL, NULL,
				 SOCK_CLOEXEC);

		if (fd < 0 && errno != EINTR && errno != ECONNABORTED)
			return NULL;
		if (fd < 0)
			continue;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		wire_begin(held_fd_take(fd));
		serve();
	}
}

void gdb_ends(int sig, int status)
{
	char text[16];

	if (!gdb_on || !user_self || user_self->beside)
		return;
	snprintf(text, sizeof(text), "%c%02x", sig ? 'X' : 'W',
		 (unsigned int)(sig ? gdb_signal_to(sig) : status & 0xff));
	wire_send(text, strlen(text));
}

/* PORT or ADDRESS:PORT. */
static int listen_at(const char *where)
{
	const char *colon = strrchr(where, ':');
	struct sockaddr_in addr = {.sin_family = AF_INET};
	char host[64] = "127.0.0.1", *end;
	const int one = 1;
	int fd, ret;

	addr.sin_port =
		htons((uint16_t)strtoul(colon ? colon + 1 : where, &end, 10));
	if (*end || !addr.sin_port)
		return -EINVAL;
	if (colon && colon != where)
		snprintf(host, sizeof(host), "%.*s", (int)(colon - where),
			 where);
	if (inet_pton(AF_INET, host, &addr.sin_addr) != 1)
		return -EINVAL;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	ret = bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 1)
		      ? -errno
		      : 0;
	if (!ret)
		return held_fd_take(fd);
	close(fd);
	return ret;
}

int gdb_start(const char *where)
{
	int ret;

	g.listens = listen_at(where);
	if (g.listens < 0)
		return g.listens;
	g.memory = held_fd_take(open("/proc/self/mem", O_RDWR | O_CLOEXEC));
	if (g.memory < 0)
		return g.memory;
	ret = gdb_stop_init();
	gdb_on = !ret;
	return ret;
}

/* As gdbserver does, since nothing else is to be seen until one comes. */
static void say_where(const char *where)
{
	char text[128];
	int n = snprintf(text, sizeof(text),
			 "fauxkvm-user: process %d waits for gdb: "
			 "target remote %s%s\n",
			 getpid(), strchr(where, ':') ? "" : ":", where);

	host_raw(SYS_write, STDERR_FILENO, text,
		 min_u64((uint64_t)n, sizeof(text) - 1));
}

int gdb_serve(const char *where)
{
	pthread_attr_t attr;
	sigset_t all, old;
	pthread_t host;
	int ret;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, HOST_STACK);
	ret = -pthread_create(&host, &attr, gdb_main, NULL);
	pthread_attr_destroy(&attr);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!ret)
		say_where(where);
	return ret;
}
