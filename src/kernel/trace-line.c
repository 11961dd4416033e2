/* SPDX-License-Identifier: MIT */
/*
 * What a trace says of a request, an exit and a step of an interrupt, in each
 * of its formats: text in strace's manner, JSON lines (docs/schemas/), and the
 * JSON that Perfetto and chrome://tracing read (Trace Event Format: "X" is a
 * slice, "i" a moment, "C" a counter, "M" a name).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <fauxkvm/kvm.h>

#include "base/irqchip.h"
#include "base/thread-id.h"
#include "kernel/arch.h"
#include "kernel/decode.h"
#include "kernel/ioctl.h"
#include "kernel/system.h"
#include "kernel/trace.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

static enum trace_format format(void)
{
	return kernel_clock()->trace_format;
}

static bool is_json(void)
{
	return format() != TRACE_TEXT;
}

/* ---- parts --------------------------------------------------------------- */

static const struct arch *arch_of(struct kobj *obj)
{
	struct vm *vm = kobj_vm(obj);

	return vm ? vm->arch : kernel_arch();
}

/* KVM_RUN takes no argument, but looks at struct kvm_run. */
static void run_args(struct decode_out *o, struct vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;
	bool answers = vcpu->mmio_needed && run->exit_reason == KVM_EXIT_MMIO &&
		       !run->mmio.is_write;

	if (!run->immediate_exit && !answers)
		return;
	out_open(o, NULL, '{');
	if (run->immediate_exit)
		out_dec(o, "immediate_exit", run->immediate_exit);
	if (answers)
		out_bytes(o, "mmio_data", run->mmio.data, vcpu->mmio_len & 15);
	out_close(o, '}');
}

static bool is_run(const struct kernel_ioctl_row *row)
{
	return row && !strcmp(row->name, "KVM_RUN");
}

static struct decode_call call_of(const struct event *e, struct decode_out *out,
				  enum decode_way way)
{
	return (struct decode_call){
		.out = out,
		.obj = e->request.obj,
		.arch = arch_of(e->request.obj),
		.row = e->request.row,
		.user = e->request.arg,
		.way = way,
	};
}

void trace_line_args(struct trace_call *call, const struct event *e)
{
	struct decode_out out;
	struct decode_call c = call_of(e, &out, DECODE_IN);

	out_begin(&out, call->args, sizeof(call->args), is_json());
	if (is_run(c.row) && !c.user)
		run_args(&out, vcpu_of(c.obj));
	else
		decode_argument(&c);
}

/* What the model has put into the argument, "" if it has not. */
static const char *written(char *buf, size_t size, const struct event *e)
{
	const struct decode_request *r;
	struct decode_out out;
	struct decode_call c = call_of(e, &out, DECODE_OUT);

	c.failed = e->request.result < 0;
	out_begin(&out, buf, size, is_json());
	if (!c.row || e->request.answered)
		return buf;
	r = decode_request_find(c.arch, c.row->name);
	if (e->request.result >= 0 ||
	    (r && r->out_errno && e->request.result == -r->out_errno))
		decode_argument(&c);
	return buf;
}

static const char *exit_text(char *buf, size_t size, const struct event *e)
{
	struct decode_out out;

	out_begin(&out, buf, size, is_json());
	if (is_run(e->request.row) && !e->request.result)
		decode_exit(&out, arch_of(e->request.obj),
			    vcpu_of(e->request.obj)->run);
	return buf;
}

static const char *call_name(const struct trace_call *call, char *buf,
			     size_t size)
{
	if (call->row)
		return call->row->name;
	snprintf(buf, size, "ioctl 0x%x", call->cmd);
	return buf;
}

/* The reason of a refusal as a JSON string, with its quotes. */
static const char *quoted(char *buf, size_t size, const char *text)
{
	struct decode_out out;

	out_begin(&out, buf, size, true);
	out_text(&out, NULL, text);
	return buf;
}

static const char *errno_name(long result)
{
	const char *name = strerrorname_np((int)-result);

	return name ? name : "?";
}

/* ---- text ---------------------------------------------------------------- */

#define SECONDS(ns) (ns) / 1000000000, (ns) / 1000 % 1000000
#define TIME_FORMAT "%" PRIu64 ".%06" PRIu64

static void text_start(pid_t tid, uint64_t when)
{
	trace_put("%d " TIME_FORMAT " ", (int)tid, SECONDS(when));
}

void trace_line_announce(struct trace_call *call)
{
	char name[24];

	if (is_json())
		return;
	text_start(call->tid, call->start);
	trace_put("%s(%d<%s>%s%s <unfinished ...>\n",
		  call_name(call, name, sizeof(name)), call->fd, call->object,
		  call->args[0] ? ", " : "", call->args);
}

static void text_done(struct trace_call *call, const struct event *e,
		      uint64_t now)
{
	static char buf[TRACE_ARGS];
	char name[24];
	const char *n = call_name(call, name, sizeof(name));
	long result = e->request.result;

	if (call->announced) {
		text_start(call->tid, now);
		trace_put("<... %s resumed>", n);
	} else {
		text_start(call->tid, call->start);
		trace_put("%s(%d<%s>%s%s", n, call->fd, call->object,
			  call->args[0] ? ", " : "", call->args);
	}
	written(buf, sizeof(buf), e);
	trace_put("%s%s) = ", buf[0] ? " => " : "", buf);
	if (result >= 0)
		trace_put("%ld", result);
	else
		trace_put("-1 %s", errno_name(result));
	if (result < 0 && !e->request.injected && e->request.why)
		trace_put(" (%s)", e->request.why);
	exit_text(buf, sizeof(buf), e);
	trace_put("%s%s%s <" TIME_FORMAT ">\n", buf[0] ? " " : "", buf,
		  e->request.injected ? " (INJECTED)"
		  : e->request.wait_before || e->request.wait_after
			  ? " (DELAYED)"
			  : "",
		  SECONDS(now - call->start));
}

/* ---- JSON lines ---------------------------------------------------------- */

static void json_part(const char *name, const char *value)
{
	if (*value)
		trace_put(",\"%s\":%s", name, value);
}

static void json_start(const char *type, pid_t tid, uint64_t when)
{
	trace_put("{\"type\":\"%s\",\"time\":" TIME_FORMAT
		  ",\"pid\":%d,\"tid\":%d",
		  type, SECONDS(when), (int)getpid(), (int)tid);
}

static void json_answer(const struct event *e)
{
	static char why[2048];
	long result = e->request.result;

	trace_put(",\"result\":%ld", result < 0 ? -1 : result);
	if (result < 0) {
		trace_put(",\"errno\":\"%s\"", errno_name(result));
		if (e->request.why)
			json_part("why",
				  quoted(why, sizeof(why), e->request.why));
	}
	if (e->request.injected)
		trace_put(",\"injected\":true");
	if (e->request.wait_before || e->request.wait_after)
		trace_put(",\"delayed\":true");
}

static void json_done(struct trace_call *call, const struct event *e,
		      uint64_t now)
{
	static char buf[TRACE_ARGS];
	char name[24];

	json_start("ioctl", call->tid, call->start);
	trace_put(",\"duration\":" TIME_FORMAT
		  ",\"ioctl\":\"%s\",\"fd\":%d,\"object\":\"%s\"",
		  SECONDS(now - call->start),
		  call_name(call, name, sizeof(name)), call->fd, call->object);
	if (call->vcpu >= 0)
		trace_put(",\"vcpu\":%d", call->vcpu);
	json_part("args", call->args);
	json_part("out", written(buf, sizeof(buf), e));
	json_answer(e);
	json_part("exit", exit_text(buf, sizeof(buf), e));
	trace_put("}\n");
}

/* ---- for Perfetto -------------------------------------------------------- */

#define MICROS(ns)   (ns) / 1000, (ns) % 1000
#define MICRO_FORMAT "%" PRIu64 ".%03" PRIu64

/* Every line ends with a comma: the tool ends the list. */
static void slice_start(const char *name, const char *kind, char phase,
			pid_t tid, uint64_t when)
{
	trace_put("{\"name\":\"%s\",\"cat\":\"%s\",\"ph\":\"%c\","
		  "\"ts\":" MICRO_FORMAT ",\"pid\":%d,\"tid\":%d",
		  name, kind, phase, MICROS(when), (int)getpid(), (int)tid);
}

/* A thread's name, once: of the vCPU that it runs, else as the VMM says. */
static void slice_thread(const struct trace_call *call)
{
	static __thread char known __attribute__((tls_model("initial-exec")));
	char what = is_run(call->row) ? 2 : 1;

	if (known >= what)
		return;
	known = what;
	trace_put("{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":%d,"
		  "\"tid\":%d,\"args\":{\"name\":\"%s\"}},\n",
		  (int)getpid(), (int)call->tid,
		  what == 2 ? call->object : "VMM");
}

/* How often the vCPU has come to the VMM. */
static void slice_counter(const struct trace_call *call, uint64_t now)
{
	static uint64_t exits[64];

	if (!is_run(call->row) || call->vcpu >= (int)ARRAY_SIZE(exits))
		return;
	trace_put("{\"name\":\"exits to the VMM, "
		  "%s\",\"ph\":\"C\",\"ts\":" MICRO_FORMAT
		  ",\"pid\":%d,\"args\":{\"exits\":%" PRIu64 "}},\n",
		  call->object, MICROS(now), (int)getpid(),
		  ++exits[call->vcpu]);
}

static void slice_done(struct trace_call *call, const struct event *e,
		       uint64_t now)
{
	static char buf[TRACE_ARGS];
	char name[24];

	slice_thread(call);
	slice_start(call_name(call, name, sizeof(name)), "ioctl", 'X',
		    call->tid, call->start);
	trace_put(",\"dur\":" MICRO_FORMAT ",\"args\":{\"fd\":%d,"
		  "\"object\":\"%s\"",
		  MICROS(now - call->start), call->fd, call->object);
	json_part("args", call->args);
	json_part("out", written(buf, sizeof(buf), e));
	json_answer(e);
	json_part("exit", exit_text(buf, sizeof(buf), e));
	trace_put("}},\n");
	slice_counter(call, now);
}

/* ---- lines --------------------------------------------------------------- */

void trace_line_done(struct trace_call *call, const struct event *e,
		     uint64_t now)
{
	switch (format()) {
	case TRACE_TEXT: text_done(call, e, now); break;
	case TRACE_JSON: json_done(call, e, now); break;
	case TRACE_PERFETTO: slice_done(call, e, now); break;
	}
}

void trace_line_step(const struct event *e, uint64_t now)
{
	const char *name = irq_step_name(e->irqchip.step);
	bool any = e->irqchip.intid != IRQ_NONE;
	char intid[32] = "";

	switch (format()) {
	case TRACE_TEXT:
		text_start(thread_id(), now);
		if (any)
			snprintf(intid, sizeof(intid), " intid=%u",
				 e->irqchip.intid);
		trace_put("irq %s%s <vcpu:%u>\n", name, intid, e->irqchip.vcpu);
		break;
	case TRACE_JSON:
		json_start("irq", thread_id(), now);
		if (any)
			snprintf(intid, sizeof(intid), ",\"intid\":%u",
				 e->irqchip.intid);
		trace_put(",\"step\":\"%s\",\"vcpu\":%u%s}\n", name,
			  e->irqchip.vcpu, intid);
		break;
	case TRACE_PERFETTO:
		slice_start(name, "irq", 'i', thread_id(), now);
		if (any)
			snprintf(intid, sizeof(intid), ",\"intid\":%u",
				 e->irqchip.intid);
		trace_put(",\"s\":\"t\",\"args\":{\"vcpu\":%u%s}},\n",
			  e->irqchip.vcpu, intid);
		break;
	}
}

void trace_line_exit(const struct event *e, uint64_t now)
{
	unsigned int vcpu = e->exit.vcpu->index;

	switch (format()) {
	case TRACE_TEXT:
		text_start(thread_id(), now);
		trace_put("guest %s <vcpu:%u>\n", e->exit.reason, vcpu);
		break;
	case TRACE_JSON:
		json_start("guest", thread_id(), now);
		trace_put(",\"reason\":\"%s\",\"vcpu\":%u}\n", e->exit.reason,
			  vcpu);
		break;
	case TRACE_PERFETTO:
		slice_start(e->exit.reason, "guest", 'i', thread_id(), now);
		trace_put(",\"s\":\"t\",\"args\":{\"vcpu\":%u}},\n", vcpu);
		break;
	}
}
