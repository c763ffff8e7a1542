# Llama-like decoder, distillation loss and AdamW in the TorchScript dialect that torch::jit::load compiles at load.
# B batch, S tokens, H query heads, K key/value heads, D head size, F feed-forward, V vocabulary, n cached positions,
# N chosen positions. Weights come in as one List[Tensor]:
#   w[0] embedding (V,d)  w[1] head (V,d; the same tensor when tied)  w[2] final norm (d)
#   w[3] cos (T,D)  w[4] sin (T,D; first half negated)
#   then 12 a layer, empty where the architecture has none:
#   0 ln1 (d)  1 wqkv ((H+2K)*D,d)  2 its bias  3 query norm (D)  4 key norm (D)  5 wo (d,H*D)  6 its bias
#   7 ln2 (d)  8 wgu (2F,d)  9 its bias  10 wd (d,F)  11 its bias
# p holds the same matrices and biases packed in half precision, wqkv wo wgu wd of each layer and then the head, or
# nothing. Caches: per layer k and v, (rows,K,T,D), written in place. Rotary pairs are halves (j, j + D/2).
# window: a token sees its own and the window - 1 positions before it; 0 is no limit.

def layers(w: List[Tensor]) -> int:
  return (len(w) - 5) // 12

def rms(x: Tensor, w: Tensor, eps: float) -> Tensor:
  return torch.rms_norm(x, [x.size(-1)], w, eps)

def lin(x: Tensor, w: Tensor, b: Optional[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], i: int) -> Tensor:
  # x (...,in), w (out,in), b (out) -> (...,out)
  if len(p) > 0:
    y = ops.quantized.linear_dynamic_fp16(x, p[i])
  elif w.is_mkldnn:
    y = ops.mkldnn._linear_pointwise(x, w, b, "none", [], "")
  else:
    y = torch.linear(x, w, b)
  return y

def bias(b: Tensor) -> Optional[Tensor]:
  out = annotate(Optional[Tensor], None)
  if b.size(0) > 0:
    out = b
  return out

def qkv(x: Tensor, w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], i: int, cos: Tensor, sin: Tensor, H: int, K: int, eps: float) -> Tuple[Tensor, Tensor, Tensor]:
  # x (B,S,d) -> q (B,S,H,D), k and v (B,S,K,D); q and k normed where the family does so, and rotated
  B, S = x.size(0), x.size(1)
  o = 5 + 12 * i
  y = __torch__.lin(__torch__.rms(x, w[o], eps), w[o + 1], __torch__.bias(w[o + 2]), p, 4 * i).view([B, S, H + 2 * K, -1])
  qk = torch.narrow(y, 2, 0, H + K)
  v = torch.narrow(y, 2, H + K, K)
  if w[o + 3].size(0) > 0:
    q, k = torch.narrow(qk, 2, 0, H), torch.narrow(qk, 2, H, K)
    qk = torch.cat([__torch__.rms(q, w[o + 3], eps), __torch__.rms(k, w[o + 4], eps)], 2)
  a, b = torch.chunk(qk, 2, -1)
  qk = torch.add(torch.mul(qk, cos), torch.mul(torch.cat([b, a], -1), sin))
  return (torch.narrow(qk, 2, 0, H), torch.narrow(qk, 2, H, K), v)

def rest(x: Tensor, a: Tensor, w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], i: int, eps: float) -> Tensor:
  # what follows attention in one layer: a (B,S,H*D)
  o = 5 + 12 * i
  x = torch.add(x, __torch__.lin(a, w[o + 5], __torch__.bias(w[o + 6]), p, 4 * i + 1))
  g, u = torch.chunk(__torch__.lin(__torch__.rms(x, w[o + 7], eps), w[o + 8], __torch__.bias(w[o + 9]), p, 4 * i + 2), 2, -1)
  return torch.add(x, __torch__.lin(torch.mul(torch.silu(g), u), w[o + 10], __torch__.bias(w[o + 11]), p, 4 * i + 3))

def head(x: Tensor, w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], eps: float) -> Tensor:
  return __torch__.lin(__torch__.rms(x, w[2], eps), w[1], None, p, len(p) - 1)

def seen(pos: Tensor, n: int, window: int) -> Tensor:
  # pos (M) positions -> (M,n), true where that position attends to cached position 0..n-1
  t = torch.arange(n, device=pos.device).unsqueeze(0)
  pos = pos.unsqueeze(1)
  mask = torch.le(t, pos)
  if window > 0:
    mask = torch.logical_and(mask, torch.gt(t, torch.sub(pos, window)))
  return mask

def hidden(w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], ids: Tensor, H: int, K: int, eps: float, window: int) -> Tensor:
  # whole sequences without a cache: ids (B,S) -> (B,S,d) before the final norm
  B, S = ids.size(0), ids.size(1)
  cos = torch.narrow(w[3], 0, 0, S).view([1, S, 1, -1])
  sin = torch.narrow(w[4], 0, 0, S).view([1, S, 1, -1])
  x = torch.embedding(w[0], ids)
  # plain causal attention has a kernel of its own that needs no mask
  mask = annotate(Optional[Tensor], None)
  if window > 0:
    if window < S:
      mask = __torch__.seen(torch.arange(S, device=ids.device), S, window)
  for i in range(__torch__.layers(w)):
    q, k, v = __torch__.qkv(x, w, p, i, cos, sin, H, K, eps)
    q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
    if K != H:
      k = k.unsqueeze(2).expand([-1, -1, H // K, -1, -1]).reshape([B, H, S, -1])
      v = v.unsqueeze(2).expand([-1, -1, H // K, -1, -1]).reshape([B, H, S, -1])
    a = torch.scaled_dot_product_attention(q, k, v, mask, 0.0, mask is None)
    x = __torch__.rest(x, a.transpose(1, 2).reshape([B, S, -1]), w, p, i, eps)
  return x

def figures(x: Tensor, w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], eps: float, top: int, full: bool, hidden: bool) -> Tensor:
  # x (N,d) before the final norm -> (N, 2 top + 1 [+ V] [+ d]): ids (exact in fp32 below 2^24), their log-probabilities,
  # entropy, logits, what the head was given
  x = __torch__.rms(x, w[2], eps)
  logits = __torch__.lin(x, w[1], None, p, len(p) - 1)
  lp = torch.log_softmax(logits, -1)
  v, ix = torch.topk(lp, top, -1)
  h = torch.neg(torch.sum(torch.mul(torch.exp(lp), lp), [-1], True))
  out = [ix.to(6), v, h]
  if full:
    out.append(logits)
  if hidden:
    out.append(x)
  return torch.cat(out, 1)

def put(cache: Tensor, rows: Tensor, row: int, pos: int, x: Tensor) -> NoneType:
  # writes x (B,K,S,D) at positions pos.. of the given rows; row >= 0 says that they are row, row + 1, ...
  if row >= 0:
    part = torch.narrow(torch.narrow(cache, 0, row, x.size(0)), 2, pos, x.size(2))
    torch.copy_(part, x)
  else:
    part = torch.narrow(cache, 2, pos, x.size(2))
    torch.index_copy_(part, 0, rows, x)
  return None

def get(cache: Tensor, rows: Tensor, row: int, n: int) -> Tensor:
  # the first n positions of the given rows; neighbouring rows are a view
  part = torch.narrow(cache, 2, 0, n)
  if row >= 0:
    part = torch.narrow(part, 0, row, rows.size(0))
  else:
    part = torch.index_select(part, 0, rows)
  return part

def mixture(p: Tensor, q: Tensor, share: float) -> Tensor:
  # log-probabilities of share p + (1 - share) q
  if share == 0.0:
    m = q
  elif share == 1.0:
    m = p
  else:
    m = torch.logaddexp(torch.add(p, torch.log(share)), torch.add(q, torch.log(1.0 - share)))
  return m

def dot(a: Tensor, b: Tensor) -> Tensor:
  # (N,k) and (N,k) -> (N,1), row by row
  return torch.bmm(a.unsqueeze(1), b.unsqueeze(2)).squeeze(2)

def divergence(mass: Tensor, p: Tensor, q: Tensor, w: Tensor, terms: List[float]) -> Tuple[Tensor, Tensor]:
  # over the same k buckets (N,k) the teacher's probabilities, their logarithms, and the student's logarithms q; w (N,1)
  # weights -> nats (N,1), and h (N,k), the student's probability times the derivative by it, weighted. terms = weight
  # and teacher's share in the mixture m, for KL(p || m) and then for KL(q || m)
  nats = torch.zeros([q.size(0), 1], dtype=q.dtype, device=q.device)
  h = annotate(Optional[Tensor], None)
  if terms[0] > 0.0:
    m = __torch__.mixture(p, q, terms[1])
    nats = torch.mul(__torch__.dot(mass, torch.sub(p, m)), terms[0])
    if terms[1] == 0.0:
      h = torch.mul(mass, torch.mul(w, -terms[0]))
    else:
      h = torch.mul_(torch.mul_(torch.exp_(torch.sub(q, m)), mass), torch.mul(w, terms[0] * (terms[1] - 1.0)))
  if terms[2] > 0.0:
    ratio, own = torch.sub(q, __torch__.mixture(p, q, terms[3])), torch.exp(q)
    nats = torch.add(nats, torch.mul(__torch__.dot(own, ratio), terms[2]))
    part = ratio
    if terms[3] < 1.0:
      part = torch.sub(ratio, torch.exp(ratio), alpha=1.0 - terms[3])
    part = torch.mul_(torch.mul_(own, part), torch.mul(w, terms[2]))
    if h is None:
      h = part
    else:
      h = torch.add_(h, part)
  return (nats, unchecked_cast(Tensor, h))

def token_loss(logits: Tensor, ids: Tensor, law: Tensor, tail: Tensor, weight: Tensor, terms: List[float], tau: float) -> Tuple[Tensor, Tensor]:
  # logits (N,V) of the student, weight (N) -> weighted sum of the nats, and its gradient (N,V) = q (slope - sum q slope),
  # by its formula: autograd would need three times the passes over (N,V). Whole laws: ids (0), law (N,V) the teacher's
  # logits. Cut laws: ids and law (N,k) the stored ids and their log-probabilities, tail (N) the teacher's mass outside
  # ids, or empty when it weighs nothing
  w = weight.unsqueeze(1)
  if ids.size(0) == 0:
    if tau != 1.0:
      law, logits = torch.div(law, tau), torch.div(logits, tau)
    p, q = torch.clamp_(torch.log_softmax(law, -1), -100.0), torch.log_softmax(logits, -1)
    nats, h = __torch__.divergence(torch.exp(p), p, q, torch.div(w, tau), terms)
    g = torch.addcmul_(h, torch.exp_(q), torch.sum(h, [1], True), value=-1)
  else:
    lp = torch.log_softmax(logits, -1)
    k, p, mass = ids.size(1), law, torch.exp(law)
    # an entry that only fills a row repeats an id: it must not count twice
    q = torch.masked_fill(torch.gather(lp, 1, ids), torch.lt(law, -1e4), -1e5)
    g = torch.scatter_(torch.exp_(lp), 1, ids, 0.0)
    if tail.size(0) > 0:
      # a sum over the ids outside: 1 - sum over the stored ones would cancel when the student is nearly certain
      out, rest = torch.clamp(torch.sum(g, [1], True), 1e-37), tail.unsqueeze(1)
      p, mass = torch.cat([p, torch.log(torch.clamp(rest, 1e-8))], 1), torch.cat([mass, rest], 1)
      nats, h = __torch__.divergence(mass, p, torch.cat([q, torch.log(out)], 1), w, terms)
      total = torch.sum(h, [1], True)
      g = torch.mul_(g, torch.sub(torch.div(torch.narrow(h, 1, k, 1), out), total))
      h = torch.narrow(h, 1, 0, k)
    else:
      nats, h = __torch__.divergence(mass, p, q, w, terms)
      total = torch.sum(h, [1], True)
      g = torch.mul_(g, torch.neg(total))
    g = torch.scatter_add_(g, 1, ids, torch.sub(h, torch.mul(torch.exp(q), total)))
  return (torch.sum(torch.mul(nats, w)), g)

class Llama(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  H : int
  K : int
  eps : float
  window : int
  W : List[Tensor]
  P2 : List[Tensor]
  M2 : List[Tensor]
  V2 : List[Tensor]
  T2 : List[Tensor]
  P1 : List[Tensor]
  M1 : List[Tensor]
  V1 : List[Tensor]
  T1 : List[Tensor]
  G2 : List[Tensor]
  G1 : List[Tensor]
  losses : List[Tensor]
  LA : List[Tensor]
  LB : List[Tensor]
  places : List[int]
  scale : float
  terms : List[float]
  tau : float
  lr : float
  wd : float
  wd1 : float
  clip : float
  beta1 : float
  beta2 : float

  def pack(self, w: List[Tensor], half: bool) -> List[__torch__.torch.classes.quantized.LinearPackedParamsBase]:
    p = annotate(List[__torch__.torch.classes.quantized.LinearPackedParamsBase], [])
    if half:
      for i in range(__torch__.layers(w)):
        for j in [1, 5, 8, 10]:
          o = 5 + 12 * i + j
          p.append(ops.quantized.linear_prepack_fp16(w[o], __torch__.bias(w[o + 1])))
      p.append(ops.quantized.linear_prepack_fp16(w[1], None))
    return p

  def reorder(self, w: List[Tensor]) -> List[Tensor]:
    # the same list with every matrix that lin multiplies laid out in blocks for oneDNN
    out = annotate(List[Tensor], [])
    for i in range(len(w)):
      matrix = i == 1
      if i >= 5:
        matrix = w[i].dim() == 2
      if matrix:
        out.append(ops.mkldnn._reorder_linear_weight(w[i]))
      else:
        out.append(w[i])
    return out

  def score(self, w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], ids: Tensor, at: Tensor, top: int, full: bool, hidden: bool) -> Tensor:
    # ids (B,S), at (N) flat positions
    x = __torch__.hidden(w, p, ids, self.H, self.K, self.eps, self.window)
    x = torch.index_select(x.view([-1, x.size(2)]), 0, at)
    return __torch__.figures(x, w, p, self.eps, top, full, hidden)

  def step(self, w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], kv: List[Tensor], at: Tensor, row: int, n: int, top: int, full: bool, hidden: bool) -> Tensor:
    # one token a row, rows at different positions: at (3,B) = cache row, position, id; n = largest position + 1
    H, K = self.H, self.K
    rows, pos, ids = torch.select(at, 0, 0), torch.select(at, 0, 1), torch.select(at, 0, 2)
    B = ids.size(0)
    cos = torch.index_select(w[3], 0, pos).view([B, 1, 1, -1])
    sin = torch.index_select(w[4], 0, pos).view([B, 1, 1, -1])
    x = torch.embedding(w[0], ids).unsqueeze(1)
    mask = __torch__.seen(pos, n, self.window).view([B, 1, 1, n]).expand([B, K, H // K, n])
    for i in range(__torch__.layers(w)):
      q, k, v = __torch__.qkv(x, w, p, i, cos, sin, H, K, self.eps)
      torch.index_put_(kv[2 * i], [rows, None, pos], k.squeeze(1))
      torch.index_put_(kv[2 * i + 1], [rows, None, pos], v.squeeze(1))
      ck = __torch__.get(kv[2 * i], rows, row, n)
      cv = __torch__.get(kv[2 * i + 1], rows, row, n)
      # the query heads that share one kv head become the rows of one attention call: no repetition of the cache
      a = torch.scaled_dot_product_attention(q.view([B, K, H // K, -1]), ck, cv, mask)
      x = __torch__.rest(x, a.reshape([B, 1, -1]), w, p, i, self.eps)
    return __torch__.figures(x.squeeze(1), w, p, self.eps, top, full, hidden)

  def extend(self, w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], kv: List[Tensor], ids: Tensor, rows: Tensor, row: int, pos: int, at: Tensor, top: int, full: bool, hidden: bool) -> Tensor:
    # S tokens a row at positions pos..pos+S-1, on top of the cache; at (N) flat positions of ids (B,S)
    H, K = self.H, self.K
    B, S = ids.size(0), ids.size(1)
    n, G = pos + S, H // K
    cos = torch.narrow(w[3], 0, pos, S).view([1, S, 1, -1])
    sin = torch.narrow(w[4], 0, pos, S).view([1, S, 1, -1])
    x = torch.embedding(w[0], ids)
    mask = __torch__.seen(torch.arange(pos, n, device=ids.device), n, self.window).repeat([G, 1])
    for i in range(__torch__.layers(w)):
      q, k, v = __torch__.qkv(x, w, p, i, cos, sin, H, K, self.eps)
      __torch__.put(kv[2 * i], rows, row, pos, k.transpose(1, 2))
      __torch__.put(kv[2 * i + 1], rows, row, pos, v.transpose(1, 2))
      ck = __torch__.get(kv[2 * i], rows, row, n)
      cv = __torch__.get(kv[2 * i + 1], rows, row, n)
      q = q.view([B, S, K, G, -1]).permute([0, 2, 3, 1, 4]).reshape([B, K, G * S, -1])
      a = torch.scaled_dot_product_attention(q, ck, cv, mask)
      a = a.view([B, K, G, S, -1]).permute([0, 3, 1, 2, 4]).reshape([B, S, -1])
      x = __torch__.rest(x, a, w, p, i, self.eps)
    x = torch.index_select(x.reshape([B * S, -1]), 0, at)
    return __torch__.figures(x, w, p, self.eps, top, full, hidden)

  def copy_cache(self, old: List[Tensor], new: List[Tensor]) -> NoneType:
    for i in range(len(old)):
      part = torch.narrow(new[i], 2, 0, old[i].size(2))
      torch.copy_(part, old[i])
    return None

  def set_weights(self, w: List[Tensor]) -> NoneType:
    self.W = w
    return None

  def set_matrices(self, p: List[Tensor], m: List[Tensor], v: List[Tensor], t: List[Tensor]) -> NoneType:
    # two-dimensional parameters, each once, with their moments and step counts
    self.P2 = p
    self.M2 = m
    self.V2 = v
    self.T2 = t
    return None

  def set_gains(self, p: List[Tensor], m: List[Tensor], v: List[Tensor], t: List[Tensor]) -> NoneType:
    # norm gains, which do not decay
    self.P1 = p
    self.M1 = m
    self.V1 = v
    self.T1 = t
    return None

  def set_adapters(self, a: List[Tensor], b: List[Tensor], places: List[int], scale: float) -> NoneType:
    # a (r,in), b (out,r) and, for each, three places: index in W, first row, rows; ascending
    self.LA = a
    self.LB = b
    self.places = places
    self.scale = scale
    return None

  def weights(self) -> List[Tensor]:
    # what a step multiplies with: W, and scale * B A added where there is an adapter
    out = annotate(List[Tensor], [])
    j = 0
    for i in range(len(self.W)):
      w = self.W[i]
      row = 0
      parts = annotate(List[Tensor], [])
      while self.adapted(j, i):
        first, rows = self.places[3 * j + 1], self.places[3 * j + 2]
        if first > row:
          parts.append(torch.narrow(w, 0, row, first - row))
        parts.append(torch.addmm(torch.narrow(w, 0, first, rows), self.LB[j], self.LA[j], beta=1, alpha=self.scale))
        row = first + rows
        j = j + 1
      if row > 0:
        if row < w.size(0):
          parts.append(torch.narrow(w, 0, row, w.size(0) - row))
        w = torch.cat(parts, 0)
      out.append(w)
    return out

  def adapted(self, j: int, i: int) -> bool:
    # whether adapter j changes W[i]
    yes = False
    if j < len(self.LA):
      yes = self.places[3 * j] == i
    return yes

  def hyper(self, lr: float, wd: float, wd1: float, clip: float, beta1: float, beta2: float) -> NoneType:
    self.lr = lr
    self.wd = wd
    self.wd1 = wd1
    self.clip = clip
    self.beta1 = beta1
    self.beta2 = beta2
    return None

  def set_loss(self, terms: List[float], tau: float) -> NoneType:
    self.terms = terms
    self.tau = tau
    return None

  def logits(self, w: List[Tensor], p: List[__torch__.torch.classes.quantized.LinearPackedParamsBase], ids: Tensor, at: Tensor) -> Tensor:
    # what a teacher says at positions at (N) of ids (B,S) -> (N,V)
    x = __torch__.hidden(w, p, ids, self.H, self.K, self.eps, self.window)
    return __torch__.head(torch.index_select(x.view([-1, x.size(2)]), 0, at), w, p, self.eps)

  def begin(self) -> NoneType:
    # forgets what parts have left behind
    self.G2 = annotate(List[Tensor], [])
    self.G1 = annotate(List[Tensor], [])
    self.losses = annotate(List[Tensor], [])
    return None

  def train_part(self, ids: Tensor, at: Tensor, top_ids: Tensor, law: Tensor, tail: Tensor, weight: Tensor) -> Tensor:
    # forward, loss and gradient of one part, added to what earlier parts have left; weight (N) sums to 1 over all parts
    prev = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    none = annotate(List[__torch__.torch.classes.quantized.LinearPackedParamsBase], [])
    w = self.W
    if len(self.LA) > 0:
      w = self.weights()
    x = __torch__.hidden(w, none, ids, self.H, self.K, self.eps, self.window)
    x = __torch__.head(torch.index_select(x.view([-1, x.size(2)]), 0, at), w, none, self.eps)
    torch.set_grad_enabled(False)
    loss, g = __torch__.token_loss(x.detach(), top_ids, law, tail, weight, self.terms, self.tau)
    g2 = annotate(List[Tensor], [])
    g1 = annotate(List[Tensor], [])
    for t in torch.autograd.grad([x], torch.add(self.P2, self.P1), annotate(List[Optional[Tensor]], [g])):
      if t is not None:
        if t.dim() == 2:
          g2.append(t)
        else:
          g1.append(t)
    if len(self.losses) == 0:
      self.G2 = g2
      self.G1 = g1
    else:
      torch._foreach_add_(self.G2, g2)
      if len(g1) > 0:
        torch._foreach_add_(self.G1, g1)
    self.losses = torch.add(self.losses, [loss])
    torch.set_grad_enabled(prev)
    return loss

  def train_update(self) -> Tensor:
    # clipping and AdamW on what the parts have left; returns [loss, gradient norm]. Nothing changes when one is not finite
    prev = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    norms = torch._foreach_norm(self.G2, 2)
    if len(self.G1) > 0:
      norms = torch.add(norms, torch._foreach_norm(self.G1, 2))
    norm = torch.linalg_vector_norm(torch.stack(norms))
    out = torch.stack([torch.sum(torch.stack(self.losses)), norm])
    if bool(torch.all(torch.isfinite(out))):
      scale = torch.clamp(torch.div(self.clip, torch.add(norm, 1e-6)), None, 1.0)
      # the lists must be attributes: an update of lists made here (slices) counts as dead code and is removed
      no = annotate(List[Tensor], [])
      torch._foreach_mul_(self.G2, scale)
      torch._foreach_add_(self.T2, 1)
      torch._fused_adamw_(self.P2, self.G2, self.M2, self.V2, no, self.T2, lr=self.lr, beta1=self.beta1, beta2=self.beta2, weight_decay=self.wd, eps=1e-8, amsgrad=False, maximize=False)
      if len(self.G1) > 0:
        torch._foreach_mul_(self.G1, scale)
        torch._foreach_add_(self.T1, 1)
        torch._fused_adamw_(self.P1, self.G1, self.M1, self.V1, no, self.T1, lr=self.lr, beta1=self.beta1, beta2=self.beta2, weight_decay=self.wd1, eps=1e-8, amsgrad=False, maximize=False)
    self.begin()
    torch.set_grad_enabled(prev)
    return out

  def train_step(self, ids: Tensor, at: Tensor, top_ids: Tensor, law: Tensor, tail: Tensor, weight: Tensor) -> Tensor:
    # a batch of one part
    self.begin()
    self.train_part(ids, at, top_ids, law, tail, weight)
    return self.train_update()
