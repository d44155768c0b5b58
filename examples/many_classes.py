"""Any number of classes: softmax regression on sampled events, corrected for every class.

    python examples/many_classes.py

prints

    20.4% learned
    paid       44892  1.00 times as many predicted
    late        3507  0.99 times as many predicted
    disputed    1074  0.99 times as many predicted
    stolen       527  1.08 times as many predicted
    an invoice: paid 0.54, late 0.16, disputed 0.20, stolen 0.09
    likeliest: paid
    likeliest if all classes were equally frequent: disputed
"""

from invoices import SHARES, invoices

from streamimb import SampledClassifier, linear_model, sampling

model = SampledClassifier(linear_model.SoftmaxRegression(), sampling.UnderSampler(share=0.5), seed=1)
predicted, observed = dict.fromkeys(SHARES, 0.0), dict.fromkeys(SHARES, 0)
for x, y in invoices(50_000):
    p = model.predict_proba_one(x)
    for label in SHARES:
        predicted[label] += p.get(label, 0.0)  # a class has no entry before its first event
    model.learn_one(x, y)
    observed[y] += 1

print(f"{model.kept_share:.1%} learned")
for label in SHARES:
    print(f"{label:9}{observed[label]:7}{predicted[label] / observed[label]:6.2f} times as many predicted")
p = model.predict_proba_one({"amount": 2.5, "age": 0.0})
print("an invoice:", ", ".join(f"{label} {p[label]:.2f}" for label in SHARES))
print("likeliest:", max(SHARES, key=lambda label: p[label]))
print(
    "likeliest if all classes were equally frequent:", max(SHARES, key=lambda label: p[label] / SHARES[label])
)
