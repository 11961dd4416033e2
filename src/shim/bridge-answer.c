/* SPDX-License-Identifier: MIT */
/*
 * Answering a system call of the guest in QEMU's place, see bridge-answer.h.
 *
 * QEMU's CPU loop calls a function that tells the plugins, does the call, and
 * tells the plugins again. The callbacks before and after have one frame in
 * common, with the same stack and the same place in the code: the CPU loop,
 * where that function returns to. Seen once, the place is known. From then on
 * the frames above a callback are unwound up to it by the tables that every
 * x86-64 program has for that (System V ABI, chapter 4.2.4, as for a C++
 * exception), its registers restored, and the answer put where a function
 * returns its value. The frames passed over hold no lock and nothing to
 * release: a list walked under no lock, and the logging of -strace.
 */
#include "shim/bridge-answer.h"

#include <stddef.h>
#include <string.h>
#include <unwind.h>

#include "base/log.h"
#include "base/types.h"
#include "shim/host-answer.h"

/* From a callback to the CPU loop are about five frames. */
#define FRAMES_MAX 16

bool bridge_answer_known;
static uint64_t answer_ip; /* in the CPU loop */

struct place {
	uint64_t ip, sp;
};

struct places {
	struct place place[FRAMES_MAX];
	unsigned int count;
};

/* What was seen before a call, for the callback after it. */
static __thread struct places before __attribute__((tls_model("initial-exec")));

static _Unwind_Reason_Code place_note(struct _Unwind_Context *context,
				      void *arg)
{
	struct places *places = arg;
	struct place *place = &places->place[places->count++];

	place->ip = _Unwind_GetIP(context);
	place->sp = _Unwind_GetCFA(context);
	return places->count == FRAMES_MAX ? _URC_END_OF_STACK : _URC_NO_REASON;
}

void bridge_answer_learn_before(void)
{
	before.count = 0;
	_Unwind_Backtrace(place_note, &before);
}

void bridge_answer_learn_after(void)
{
	struct places after = {.count = 0};

	_Unwind_Backtrace(place_note, &after);
	for (unsigned int i = 0; i < before.count; i++)
		for (unsigned int k = 0; k < after.count; k++) {
			if (memcmp(&before.place[i], &after.place[k],
				   sizeof(before.place[i])))
				continue;
			answer_ip = before.place[i].ip;
			__atomic_store_n(&bridge_answer_known, true,
					 __ATOMIC_RELEASE);
			return;
		}
}

struct search {
	struct frame frame;
	unsigned int depth;
	bool found;
};

static _Unwind_Reason_Code frame_look(struct _Unwind_Context *context,
				      void *arg)
{
	struct search *search = arg;
	struct frame *frame = &search->frame;

	if (++search->depth > FRAMES_MAX)
		return _URC_END_OF_STACK;
	if (_Unwind_GetIP(context) != answer_ip)
		return _URC_NO_REASON;
	frame->ip = answer_ip;
	frame->sp = _Unwind_GetCFA(context);
	for (unsigned int i = 0; i < FRAME_KEPT; i++)
		frame->kept[i] = _Unwind_GetGR(context, frame_kept_dwarf[i]);
	search->found = true;
	return _URC_END_OF_STACK;
}

void bridge_answer(int64_t value)
{
	struct search search = {.depth = 0};

	_Unwind_Backtrace(frame_look, &search);
	if (search.found)
		frame_return(&search.frame, value);
	log_error("cannot answer a system call of the VMM: QEMU's CPU loop is "
		  "not among the %u functions that called",
		  search.depth);
}
