"""A training peer that `understudy bench train --python` drives: one JSON request a line in, one JSON answer a line out.

    python peer_train.py trl|loop STUDENT TEACHER

Request {"rows": B, "time": S, "steps": N}: N distillation steps (forward KL from a live teacher over the whole
vocabulary, clipping at 1.0, fused AdamW) on B random sequences of S ids, after one step that is not timed.
Answer {"tokens": B * S * N, "seconds": s, "peakMegabytes": m}. STUDENT and TEACHER are Hugging Face directories. fp32
and one thread, as on the other side; the data is tokenised beforehand.
"""

import json
import logging
import os
import resource
import sys
import tempfile
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch

torch.set_num_threads(1)

RATE, DECAY, BETAS, CLIP = 1e-3, 0.01, (0.9, 0.98), 1.0


def models(student, teacher):
    from transformers import AutoModelForCausalLM

    load = lambda path: AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32)
    return load(student), load(teacher).eval()


def sequences(rows, length, vocabulary):
    return torch.randint(0, vocabulary, (rows, length), generator=torch.Generator().manual_seed(1))


class Loop:
    """The shortest loop that a careful user writes."""

    def __init__(self, student, teacher):
        self.student, self.teacher = models(student, teacher)
        self.student.train()
        self.optimizer = torch.optim.AdamW(
            self.student.parameters(), lr=RATE, weight_decay=DECAY, betas=BETAS, fused=True
        )

    def run(self, rows, time_, steps):
        ids = sequences(rows, time_, self.student.config.vocab_size)
        start = 0.0
        for step in range(steps + 1):
            if step == 1:
                start = time.perf_counter()
            with torch.no_grad():
                p = torch.log_softmax(self.teacher(input_ids=ids, use_cache=False).logits[:, :-1], -1)
            q = torch.log_softmax(self.student(input_ids=ids, use_cache=False).logits[:, :-1], -1)
            loss = torch.nn.functional.kl_div(q, p, reduction="none", log_target=True).sum(-1).mean()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.student.parameters(), CLIP)
            self.optimizer.step()
            self.optimizer.zero_grad()
        return time.perf_counter() - start


class Trl:
    """GKDTrainer off-policy with forward KL, as its documentation sets it up, less logging, saving and checkpointing."""

    def __init__(self, student, teacher):
        from datasets import Dataset
        from tokenizers import Tokenizer, models as token_models
        from transformers import PreTrainedTokenizerFast, TrainerCallback
        from trl.experimental.gkd import GKDConfig, GKDTrainer

        logging.disable(logging.WARNING)
        peer = self

        class Watch(TrainerCallback):
            def on_step_end(self, args, state, control, **kwargs):
                peer.ends.append(time.perf_counter())

        own, asked = models(student, teacher)
        self.vocabulary = own.config.vocab_size
        word = Tokenizer(token_models.WordLevel({"<pad>": 0}, unk_token="<pad>"))
        self.ids, self.ends = torch.zeros(1, 2, dtype=torch.long), []
        self.trainer = GKDTrainer(
            model=own,
            teacher_model=asked,
            args=GKDConfig(
                output_dir=tempfile.mkdtemp(),
                lmbda=0.0,
                beta=0.0,
                learning_rate=RATE,
                weight_decay=DECAY,
                adam_beta1=BETAS[0],
                adam_beta2=BETAS[1],
                max_grad_norm=CLIP,
                optim="adamw_torch_fused",
                lr_scheduler_type="constant",
                per_device_train_batch_size=1,
                max_steps=1,
                gradient_checkpointing=False,
                bf16=False,
                fp16=False,
                use_cpu=True,
                logging_strategy="no",
                save_strategy="no",
                report_to=[],
                disable_tqdm=True,
                dataloader_pin_memory=False,
            ),
            data_collator=lambda rows: self.batch(len(rows)),
            train_dataset=Dataset.from_dict({"row": list(range(4096))}),
            processing_class=PreTrainedTokenizerFast(tokenizer_object=word, pad_token="<pad>"),
            callbacks=[Watch()],
        )

    def batch(self, rows):
        assert rows == len(self.ids), (rows, len(self.ids))
        ids = self.ids
        ones = torch.ones_like(ids)
        return {
            "input_ids": ids,
            "attention_mask": ones,
            "labels": ids,
            "prompts": ids[:, :1],
            "prompt_attention_mask": ones[:, :1],
        }

    def run(self, rows, time_, steps):
        self.ids = sequences(rows, time_, self.vocabulary)
        self.trainer.args.per_device_train_batch_size = rows
        self.trainer._train_batch_size = rows
        self.trainer.args.max_steps = steps + 1
        self.ends = []
        self.trainer.train()
        assert len(self.ends) == steps + 1, self.ends
        return self.ends[-1] - self.ends[0]


def main():
    kind, student, teacher = sys.argv[1:4]
    # what libraries print must not stand between the answers
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    peer = {"trl": Trl, "loop": Loop}[kind](student, teacher)
    print(json.dumps({"ready": kind}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        rows, length, steps = request["rows"], request["time"], request["steps"]
        seconds = peer.run(rows, length, steps)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        answer = {"tokens": rows * length * steps, "seconds": seconds, "peakMegabytes": peak}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
