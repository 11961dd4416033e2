/* SPDX-License-Identifier: MIT */
/*
 * Refusals: a negative errno together with the reason for it, from the check
 * that decided. `return refuse(EINVAL, FKVM_SLOT_FLAGS, "flags %#x, ...", flags)`
 * is both, so that there is no errno without a reason; the name is a row of
 * messages.def, which explains the check. Who asked for an answer (kobj_ioctl(),
 * a test) collects the reason and says it.
 *
 * Nothing is formatted unless somebody wants it: refuse() costs a load.
 */
#ifndef FAUXKVM_BASE_REFUSE_H
#define FAUXKVM_BASE_REFUSE_H

#include <stdbool.h>

#include "base/log.h"
#include "base/message.h"

/* What a thread was refused in the course of one request. */
struct refusal {
	int err;         /* the errno, -1: nothing was refused yet */
	enum message id; /* which check, FKVM_NONE: nothing was refused yet */
	char why[240];   /* of the last one, as it is what the caller got */
	struct refusal *outer;
};

/* Who collects this thread's reasons, NULL: nobody. */
extern __thread struct refusal *refusal_now
	__attribute__((tls_model("initial-exec")));
/* For refuse(). */
void refusal_note(int err, enum message id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), cold));

/* From here to refusal_end(), on this thread. They nest: the outer one is told
 * of what the inner one was. */
void refusal_begin(struct refusal *r);
void refusal_end(struct refusal *r);

/* Is @ret (an answer, negative: an errno) one that @r has the reason for? */
bool refusal_explains(const struct refusal *r, long ret);

/*
 * Write "CALL(OBJECT fd N) = -1 ERRNO: why [ID]" at LOG_INFO, "no explanation"
 * where @r has none, which is a mistake of ours.
 */
void refusal_log(const struct refusal *r, long ret, const char *call,
		 const char *object, int fd);

/*
 * -@err, because of the check @id and what the rest says of it, which is for
 * printf() and evaluated only if wanted. Where a callee has refused and the caller answers with another
 * errno, the caller refuses again: the last one counts.
 */
#define refuse(err, id, ...)                                 \
	({                                                   \
		const int err_ = (err);                      \
		if (__builtin_expect(!!refusal_now, 0))      \
			refusal_note(err_, id, __VA_ARGS__); \
		-err_;                                       \
	})

/* "what: " goes before the reason of @err, if it is there. */
void refusal_within(int err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), cold));

/*
 * @ret, what a callee answered: if it was refused, the reason is given the
 * object that the caller knows and the callee does not ("register 0x...").
 */
#define refused_within(ret, ...)                                  \
	({                                                        \
		const long ret_ = (ret);                          \
		if (__builtin_expect(ret_ < 0, 0) && refusal_now) \
			refusal_within((int)-ret_, __VA_ARGS__);  \
		ret_;                                             \
	})

#endif
